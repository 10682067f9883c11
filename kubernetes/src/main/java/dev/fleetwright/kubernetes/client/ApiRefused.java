package dev.fleetwright.kubernetes.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The API server said no, and nothing was changed by the request.
public final class ApiRefused extends IOException {

  /// A field that another manager has.
  ///
  /// @param manager such as `kubectl-client-side-apply`
  /// @param field such as `.spec.replicas`
  public record Conflict(String manager, String field) {}

  private final int code;
  private final transient JsonNode status;
  private final Duration retryAfter;

  /// @param code the HTTP status
  /// @param status the body, a `Status` where it is one
  /// @param retryAfter zero when the server did not say
  ApiRefused(int code, JsonNode status, Duration retryAfter) {
    super(message(code, status));
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /// The HTTP status.
  public int code() {
    return code;
  }

  /// The `reason` of the `Status`, such as `Conflict` or `Invalid`; empty text when there is none.
  public String reason() {
    return status.path("reason").asText("");
  }

  /// What it says in words.
  public String words() {
    return String.valueOf(getMessage());
  }

  /// When to ask again; empty when the server did not say.
  public Optional<Duration> retryAfter() {
    return retryAfter.isZero() ? Optional.empty() : Optional.of(retryAfter);
  }

  /// Whether asking again later may help.
  public boolean passing() {
    return code == 429 || (code >= 500 && !unreadable());
  }

  /// Whether the server could not make an object of what was sent, which older ones answer with
  /// 500, and which will be so again.
  private boolean unreadable() {
    return words().contains("failed to create typed patch object")
        || words().contains("failed to create manager for existing fields");
  }

  /// The fields that others have, when that is why.
  public List<Conflict> conflicts() {
    var conflicts = new ArrayList<Conflict>();
    for (var cause : causes()) {
      if (cause.path("reason").asText().equals("FieldManagerConflict")) {
        conflicts.add(
            new Conflict(
                manager(cause.path("message").asText()), cause.path("field").asText("a field")));
      }
    }
    return conflicts;
  }

  /// Whether it is about a field that cannot be changed in place.
  public boolean immutable() {
    return code == 422
        && (words().contains("immutable")
            || words().contains("may not change once set")
            || words().contains("updates to statefulset spec")
            || words().contains("may not be changed")
            || words().contains("is forbidden: updates to"));
  }

  /// Whether admission said no and not the schema or the rights.
  public boolean deniedByWebhook() {
    return words().startsWith("admission webhook ");
  }

  private Iterable<JsonNode> causes() {
    var causes = status.path("details").path("causes");
    return causes.isArray() ? causes : List.of();
  }

  /// `conflict with "kubectl-edit" using apps/v1` and `conflict with "x" with subresource "y" …`.
  private static String manager(String message) {
    var from = message.indexOf('"');
    var to = message.indexOf('"', from + 1);
    return from >= 0 && to > from ? message.substring(from + 1, to) : message;
  }

  private static String message(int code, JsonNode status) {
    var said = status.path("message").asText("");
    return said.isBlank() ? "the API server answered " + code : clipped(said);
  }

  /// Validation can repeat a whole object.
  private static String clipped(String said) {
    return said.length() <= 1_000 ? said : said.substring(0, 1_000) + " …";
  }

  /// Without a body.
  static ApiRefused bare(int code, Duration retryAfter) {
    return new ApiRefused(code, MissingNode.getInstance(), retryAfter);
  }
}
