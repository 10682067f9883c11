package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fleetwright.kubernetes.Inventory.Entry;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.kubernetes.client.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Whose replicas a HorizontalPodAutoscaler counts. What a manifest says of those is left out: else
/// each deploy would take back what the autoscaler did.
final class Scaling {

  private static final Resource AUTOSCALERS =
      new Resource("autoscaling/v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true);

  private static final String MARK = "scaled-";

  private Scaling() {}

  /// The workloads among these that an autoscaler has, one that is there or one that is coming.
  static Set<ObjectKey> of(List<Wanted> wanted, ApiServer server, KubernetesSettings settings)
      throws IOException, InterruptedException {
    var scaled = new TreeSet<ObjectKey>();
    if (wanted.stream().noneMatch(w -> w.replicas().isPresent())) {
      return scaled;
    }
    for (var one : wanted) {
      if (one.key().kind().equals("HorizontalPodAutoscaler")) {
        scaled.add(target(one.body()));
      }
    }
    var everywhere = settings.clusterWide() ? "" : settings.namespace();
    for (var one : server.list(AUTOSCALERS, everywhere, "")) {
      scaled.add(target(one));
    }
    return scaled;
  }

  /// The same objects, without the replicas that others count.
  static List<Wanted> leaveOut(List<Wanted> wanted, Set<ObjectKey> scaled) {
    var all = new ArrayList<Wanted>();
    for (var one : wanted) {
      if (one.replicas().isPresent() && scaled.contains(one.key())) {
        var body = one.body().deepCopy();
        body.withObjectProperty("spec").remove("replicas");
        var digest = CanonicalJson.digest(body).hex().substring(0, one.digest().length());
        all.add(new Wanted(one.key(), one.apiVersion(), one.component(), digest, body));
      } else {
        all.add(one);
      }
    }
    return all;
  }

  private static ObjectKey target(JsonNode autoscaler) {
    var reference = autoscaler.path("spec").path("scaleTargetRef");
    return new ObjectKey(
        ObjectKey.group(reference.path("apiVersion").asText()),
        reference.path("kind").asText(),
        autoscaler.path("metadata").path("namespace").asText(),
        reference.path("name").asText());
  }

  /// A fingerprint says of itself that it is one without replicas.
  static String mark(String fingerprint, boolean scaled) {
    return scaled ? MARK + fingerprint : fingerprint;
  }

  static boolean marked(Entry entry) {
    return entry.fingerprint().startsWith(MARK);
  }
}
