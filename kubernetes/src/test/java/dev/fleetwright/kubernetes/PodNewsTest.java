package dev.fleetwright.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.kubernetes.client.Resource;
import dev.fleetwright.kubernetes.health.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// On a real cluster: what a container printed before it ended, and what happened to its pod.
@EnabledIfEnvironmentVariable(
    named = "LAB_KUBE_IMAGE",
    matches = ".+",
    disabledReason = "skipped: LAB_KUBE_IMAGE names no image, so there is no cluster to try")
class PodNewsTest {
  private static final Resource PODS = new Resource("v1", "Pod", "pods", true);

  @Test
  void a_container_that_ended_has_last_lines_and_its_pod_has_events() throws Exception {
    var kubeconfig = ClusterTest.environment("KUBECONFIG");
    var image = ClusterTest.environment("LAB_KUBE_IMAGE");
    var binding =
        new TargetBinding(
            "cluster", "kubernetes", Settings.of(Map.of("kubeconfig", "file:" + kubeconfig)));
    try (var server = new ApiServer(KubernetesSettings.access(binding, Path.of("/")))) {
      var name = "crashes-" + Long.toString(System.nanoTime(), 36);
      var path = PODS.path("default", name);
      server.create(
          PODS.path("default"),
          ClusterTest.object(
              """
              apiVersion: v1
              kind: Pod
              metadata: { name: %s, labels: { app: %s } }
              spec:
                terminationGracePeriodSeconds: 0
                containers:
                  - { name: app, image: %s, imagePullPolicy: IfNotPresent, command: [sh, -c, "echo beginning; echo no database; exit 3"] }
              """
                  .formatted(name, name, image)));
      try {
        var pod = ended(server, path);
        var news =
            new PodNews(server, "default", List.of(pod)).with(Surroundings.at(Instant.now()));
        assertThat(news.lastLines().get(name + "/app")).containsExactly("beginning", "no database");
        assertThat(news.events())
            .anySatisfy(event ->
                assertThat(event.path("involvedObject").path("name").asText()).isEqualTo(name));
      } finally {
        server.delete(path, "");
      }
    }
  }

  /// The pod, once its container has ended and been started again.
  private static JsonNode ended(ApiServer server, String path) throws Exception {
    var end = Instant.now().plus(Duration.ofMinutes(2));
    while (Instant.now().isBefore(end)) {
      var pod = server.get(path).orElseThrow();
      var container = pod.path("status").path("containerStatuses").path(0);
      if (container.path("lastState").has("terminated")
          && !container.path("state").has("running")) {
        return pod;
      }
      Thread.sleep(500);
    }
    throw new AssertionError("its container never ended: " + server.get(path));
  }
}
