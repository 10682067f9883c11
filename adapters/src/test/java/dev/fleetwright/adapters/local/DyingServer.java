package dev.fleetwright.adapters.local;

import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.testkit.DirectoryBlobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A server that deploys one revision and then waits to be killed.
final class DyingServer {

  private DyingServer() {}

  /// @param arguments the data folder, the blobs, a file with the revision
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var target =
        new LocalTarget(
            new TargetBinding("here", "local", Settings.NONE),
            new DirectoryBlobs(Path.of(arguments[1])),
            Path.of(arguments[0]));
    var place = new Place(new ProjectName("shop"), new EnvironmentSlug("production"), "here");
    var answer =
        target.apply(
            new Order(new ApplyId(1, 0, false), 1, _ -> {}),
            place,
            Revision.of(Files.readAllBytes(Path.of(arguments[2]))),
            Slice.all());
    System.out.println("answer " + answer);
    Thread.currentThread().join();
  }
}
