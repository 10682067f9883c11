package dev.fleetwright.adapters.ssh;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.testkit.OpenSshHosts;
import java.util.Map;

/// Targets of the tests' hosts.
final class OverSsh {

  private OverSsh() {}

  /// A target that has all of them as hosts.
  static SshTarget target(
      OpenSshHosts hosts, String directory, Blobs blobs, SshTarget.Client client) {
    return target(hosts.settings(directory), blobs, client);
  }

  static SshTarget target(Map<String, String> settings, Blobs blobs, SshTarget.Client client) {
    return new SshTarget(new TargetBinding("here", "ssh", Settings.of(settings)), blobs, client);
  }
}
