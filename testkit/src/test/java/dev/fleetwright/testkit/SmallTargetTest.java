package dev.fleetwright.testkit;

import dev.fleetwright.core.target.Target;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// The contract can be kept.
class SmallTargetTest extends TargetContract {

  @TempDir private Path folder = Path.of("");

  @Override
  protected Target freshTarget() {
    return new SmallTarget(blobs(), folder);
  }

  @Override
  protected Target reopened(Target target) {
    return target;
  }

  @Override
  protected void loseNextAnswer(Target target) {
    ((SmallTarget) target).loseNextAnswer = true;
  }

  @Override
  protected String call(Target target, String component) throws IOException {
    return ((SmallTarget) target).call(place(), component);
  }
}
