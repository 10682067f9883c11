package dev.fleetwright.adapters.local;

import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.testkit.TargetContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalTargetContractTest extends TargetContract {

  @TempDir private Path data = Path.of("");

  @Override
  protected Target freshTarget() {
    return new LocalTarget(new TargetBinding("here", "local", Settings.NONE), blobs(), data);
  }

  @Override
  protected Target reopened(Target target) {
    return freshTarget();
  }
}
