package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.kubernetes.client.Resource;
import dev.fleetwright.kubernetes.health.Surroundings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What is known of pods that do not start beside what they say themselves: events, and the last
/// lines of containers that keep ending.
///
/// Asked for once for a look, and only when something failed or lacks pods: the events of a
/// namespace are a long list. What cannot be had, because the account may not read it, makes a
/// sentence shorter.
final class PodNews {

  private static final Resource EVENTS = new Resource("v1", "Event", "events", true);
  private static final Resource PODS = new Resource("v1", "Pod", "pods", true);

  /// Of so many containers the last lines are asked for: a release that crashes does so alike
  /// everywhere.
  private static final int MOST_CONTAINERS = 4;

  private static final int LINES = 10;

  /// What a kubelet answers, with 200, when it has thrown the container away.
  private static final String GONE = "unable to retrieve container logs for ";

  private final ApiServer server;
  private final String namespace;
  private final List<JsonNode> pods;
  private Optional<Surroundings> known = Optional.empty();

  /// @param namespace to look at; empty for all
  PodNews(ApiServer server, String namespace, List<JsonNode> pods) {
    this.server = server;
    this.namespace = namespace;
    this.pods = pods;
  }

  /// The same with what was asked for.
  synchronized Surroundings with(Surroundings around) {
    if (known.isEmpty()) {
      known = Optional.of(around.withEvents(events()).withLastLines(lastLines()));
    }
    return around.withEvents(known.get().events()).withLastLines(known.get().lastLines());
  }

  private List<JsonNode> events() {
    try {
      return List.copyOf(server.list(EVENTS, namespace, ""));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (IOException _) {
      return List.of();
    }
  }

  private Map<String, List<String>> lastLines() {
    var lines = new TreeMap<String, List<String>>();
    for (var pod : pods) {
      for (var container : pod.path("status").path("containerStatuses")) {
        var ended = container.path("lastState").path("terminated").isObject();
        if (lines.size() < MOST_CONTAINERS && ended && !container.path("ready").asBoolean()) {
          var key = ObjectKey.of(pod);
          var name = container.path("name").asText();
          // Of one that waits to be started again, the log is that of its last life; of one that
          // runs, it is that of this life.
          var runs = container.path("state").path("running").isObject();
          lines.put(key.name() + "/" + name, lastLines(key, name, runs));
        }
      }
    }
    return lines;
  }

  private List<String> lastLines(ObjectKey pod, String container, boolean previous) {
    try {
      return server
          .text(
              PODS.path(pod.namespace(), pod.name()) + "/log",
              Map.of(
                  "container",
                  container,
                  "previous",
                  String.valueOf(previous),
                  "tailLines",
                  String.valueOf(LINES)))
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith(GONE))
          .collect(Collectors.toList());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (IOException _) {
      return List.of();
    }
  }
}
