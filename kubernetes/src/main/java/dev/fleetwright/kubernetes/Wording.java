package dev.fleetwright.kubernetes;

import dev.fleetwright.kubernetes.client.ApiLost;
import dev.fleetwright.kubernetes.client.ApiRefused;
import java.io.IOException;
import java.util.stream.Collectors;

/// What an API server's no means, and what to do about it.
final class Wording {
  private Wording() {}

  /// @param key the object that it is about
  static String of(ObjectKey key, IOException e) {
    return switch (e) {
      // A Secret's values can be in what validation says of it.
      case ApiRefused refused when key.is("", "Secret") && refused.code() == 422 ->
          key.words()
              + " is not valid (what the API server says may show its values; try it with kubectl)";
      case ApiRefused refused -> key.words() + ": " + of(refused);
      default -> key.words() + ": " + of(e);
    };
  }

  static String of(IOException e) {
    return switch (e) {
      case ApiRefused refused -> of(refused);
      case ApiLost lost -> String.valueOf(lost.getMessage());
      // Its cause is what it says already, without what must not be said.
      case Denied denied -> String.valueOf(denied.getMessage());
      default ->
          e.getMessage()
              + (e.getCause() == null || e.getCause().getMessage() == null
                  ? ""
                  : " (" + e.getCause().getMessage() + ")");
    };
  }

  private static String of(ApiRefused e) {
    var said = e.words();
    if (e.deniedByWebhook()) {
      return said + "; the cluster's policy says no, so change the manifest or ask who keeps it";
    }
    if (said.contains("failed calling webhook")) {
      return said + "; a webhook of the cluster does not answer, so look after that one first";
    }
    if (e.code() == 403) {
      return forbidden(said);
    }
    if (!e.conflicts().isEmpty()) {
      return conflict(e);
    }
    return switch (e.code()) {
      case 401 ->
          "the API server does not accept our credentials any more; renew the token or certificate that the target names";
      case 413 -> "it is too large for the API server";
      case 429 -> "the API server has too much to do (" + said + ")";
      case 503, 504 -> "the API server cannot answer now (" + said + ")";
      default -> e.code() >= 500 ? "the API server has failed (" + said + ")" : said;
    };
  }

  private static String forbidden(String said) {
    if (said.contains("exceeded quota")) {
      return said + "; ask for less, or have the namespace's quota raised";
    }
    return said.contains("is being terminated")
        ? "its namespace is being deleted; wait until it is gone"
        : said
            + "; the target's account lacks this right, docs/guide/kubernetes.md has a role that suffices";
  }

  private static String conflict(ApiRefused e) {
    var managers =
        e.conflicts().stream().map(ApiRefused.Conflict::manager).distinct().sorted().toList();
    var fields =
        e.conflicts().stream()
            .map(c -> c.field().startsWith(".") ? c.field().substring(1) : c.field())
            .distinct()
            .limit(5)
            .collect(Collectors.joining(", "));
    if (managers.stream().allMatch(m -> m.startsWith("fleetwright-"))) {
      return "it belongs to another environment (%s); give one of the two another name or namespace"
          .formatted(String.join(", ", managers));
    }
    return "%s %s %s; take that out of the manifest, or take it over with `take_over: [%s]` at the target"
        .formatted(
            String.join(" and ", managers),
            managers.size() == 1 ? "has" : "have",
            fields,
            String.join(", ", managers));
  }
}
