package dev.fleetwright.adapters.ssh;

import dev.fleetwright.core.target.Target;
import dev.fleetwright.testkit.OpenSshHosts;
import dev.fleetwright.testkit.TargetContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// The contract on two hosts that are real OpenSSH servers. All run on this machine, so components
/// leave the choice of their port to the host.
class SshTargetTest extends TargetContract {

  @SuppressWarnings("NullAway.Init")
  private static OpenSshHosts hosts;

  private static int directories;

  /// Open until the contract has cleared up.
  private static final List<SshTarget.Client> CLIENTS = new ArrayList<>();

  private final Map<Target, String> directoryOf = new HashMap<>();

  @BeforeAll
  static void startHosts(@TempDir Path folder) throws IOException, InterruptedException {
    hosts = new OpenSshHosts(folder, 2, "");
  }

  @AfterAll
  static void stopHosts() {
    CLIENTS.forEach(SshTarget.Client::close);
    hosts.close();
  }

  @Override
  protected Target freshTarget() {
    return open("releases" + directories++);
  }

  @Override
  protected Target reopened(Target target) {
    return open(Objects.requireNonNull(directoryOf.get(target)));
  }

  private Target open(String directory) {
    var client = new SshTarget.Client();
    CLIENTS.add(client);
    var target = OverSsh.target(hosts, directory, blobs(), client);
    directoryOf.put(target, directory);
    return target;
  }

  @Override
  protected void loseNextAnswer(Target target) throws IOException {
    for (var server : hosts.servers()) {
      server.loseNextAnswerTo("switch");
    }
  }
}
