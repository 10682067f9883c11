package dev.fleetwright.server.wiring;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Watch;

/// What tests ask of pipelines that run on a real server.
final class Runs {

  private Runs() {}

  /// The job of that name.
  static Job job(FleetwrightClient client, Pipeline pipeline, String name)
      throws InterruptedException {
    return client.jobs(pipeline.id()).stream()
        .filter(j -> j.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// Wait until something of a project is in a state, or was in it already.
  ///
  /// @param topic `pipeline`, `job` or `deploy`
  /// @param id by which events of that topic name it
  static void await(FleetwrightClient client, String project, String topic, long id, String state)
      throws InterruptedException {
    try (var events = client.events(Watch.project(project), 0)) {
      while (true) {
        var event = events.next().orElseThrow();
        if (event.topic().equals(topic)
            && Long.toString(id).equals(event.keys().get(topic))
            && state.equals(event.keys().get("state"))) {
          return;
        }
      }
    }
  }
}
