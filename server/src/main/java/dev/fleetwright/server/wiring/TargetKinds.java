package dev.fleetwright.server.wiring;

import dev.fleetwright.adapters.local.LocalTarget;
import dev.fleetwright.adapters.ssh.SshTarget;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.pipeline.JobExecutor;
import dev.fleetwright.core.pipeline.ScriptTarget;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.kubernetes.KubernetesTarget;
import dev.fleetwright.server.operations.DeployScripts;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Every kind of target there is.
///
/// What a kind needs besides is made when its first target is opened: the SSH client alone would
/// double the time that a server takes to start.
final class TargetKinds implements Targets, AutoCloseable {

  private final Blobs blobs;
  private final Path data;
  private final Target script;
  private SshTarget.@Nullable Client ssh;
  private KubernetesTarget.@Nullable Clusters clusters;

  TargetKinds(Blobs blobs, Path data, JobExecutor executor, ScriptTarget.Ends ends) {
    this.blobs = blobs;
    this.data = data;
    this.script = new ScriptTarget(executor, DeployScripts::order, ends);
  }

  @Override
  public Target open(TargetBinding binding) {
    if (binding.equals(Planner.SCRIPT)) {
      return script;
    }
    return switch (binding.kind()) {
      case "local" -> new LocalTarget(binding, blobs, data);
      case "ssh" -> new SshTarget(binding, blobs, ssh());
      case "kubernetes" -> new KubernetesTarget(binding, blobs, clusters());
      default ->
          throw new IllegalArgumentException(
              "target `%s` is of the kind `%s`, which there is not; there are `local`, `ssh` and `kubernetes`"
                  .formatted(binding.name(), binding.kind()));
    };
  }

  private synchronized SshTarget.Client ssh() {
    if (ssh == null) {
      ssh = new SshTarget.Client();
    }
    return ssh;
  }

  private synchronized KubernetesTarget.Clusters clusters() {
    if (clusters == null) {
      clusters = new KubernetesTarget.Clusters();
    }
    return clusters;
  }

  @Override
  public synchronized void close() {
    if (ssh != null) {
      ssh.close();
    }
    if (clusters != null) {
      clusters.close();
    }
  }
}
