package dev.fleetwright.server.http;

import dev.fleetwright.api.Failure;
import dev.fleetwright.api.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Ends a request with a no. Thrown from anywhere below a route; becomes the answer at one place.
public final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final transient Failure failure;
  private final transient Optional<Duration> retryAfter;

  private Refusal(int status, Failure failure, Optional<Duration> retryAfter) {
    // No stack trace: it is an answer and no fault, and anybody may cause thousands.
    super(failure.message(), null, false, false);
    this.status = status;
    this.failure = failure;
    this.retryAfter = retryAfter;
  }

  /// What was sent cannot be understood.
  static Refusal malformed(String message, String remedy) {
    return user(400, "malformed", message, remedy);
  }

  /// What was sent cannot be understood, and here is each mistake.
  static Refusal malformed(String message, String remedy, List<Problem> problems) {
    return of(400, "malformed", Failure.Kind.USER, message, remedy, problems);
  }

  static Refusal notSignedIn() {
    return user(
        401,
        "not_signed_in",
        "this needs a token",
        "send the header `Authorization: Bearer fw_…`; the first token is in the file `admin-token` of"
            + " the server's data folder");
  }

  static Refusal forbidden(String message, String remedy) {
    return user(403, "forbidden", message, remedy);
  }

  /// @param what such as `deploy 12`
  public static Refusal notFound(String what) {
    return user(404, "not_found", what + " is not here", "look at the list that it should be in");
  }

  static Refusal methodNotAllowed(String allowed) {
    return user(405, "method_not_allowed", "this path has other methods", "use one of: " + allowed);
  }

  static Refusal tooLarge(long most) {
    return user(
        413,
        "too_large",
        "the request's body is larger than %d bytes".formatted(most),
        "send less");
  }

  static Refusal mediaType(String expected) {
    return user(
        415,
        "media_type",
        "the request's body is of a kind that is not taken here",
        "send it as `Content-Type: %s`, not compressed".formatted(expected));
  }

  static Refusal rangeNotSatisfiable(long size) {
    return user(
        416,
        "range",
        "the range begins beyond the end, at %d bytes".formatted(size),
        "begin earlier, or wait for more");
  }

  static Refusal tooMany(String message, Duration wait) {
    return new Refusal(
        429,
        failure(
            "too_many_requests",
            Failure.Kind.USER,
            message,
            "wait %d seconds".formatted(wait.toSeconds()),
            List.of()),
        Optional.of(wait));
  }

  static Refusal unavailable(String message) {
    return new Refusal(
        503,
        failure(
            "unavailable",
            Failure.Kind.INTERNAL,
            message,
            "try again in a moment; nothing was half done",
            List.of()),
        Optional.of(Duration.ofSeconds(2)));
  }

  /// As WebDAV names it (RFC 4918, 11.5).
  static Refusal full(String message) {
    return new Refusal(
        507,
        failure(
            "disk_full",
            Failure.Kind.INTERNAL,
            message,
            "make room on that disk; the server goes on by itself within seconds",
            List.of()),
        Optional.of(Duration.ofSeconds(10)));
  }

  static Refusal targetUnreachable(String message) {
    return new Refusal(
        503,
        failure(
            "target_unreachable",
            Failure.Kind.TARGET,
            message,
            "see whether the target is up and reachable from the server, then try again",
            List.of()),
        Optional.of(Duration.ofSeconds(5)));
  }

  /// What is on record cannot be believed.
  static Refusal unreadable(String message) {
    return of(
        500,
        "record_unreadable",
        Failure.Kind.INTERNAL,
        message,
        "nothing was changed; put back the database from a backup of before it was damaged, or start"
            + " the newer release that wrote it",
        List.of());
  }

  static Refusal fault() {
    return of(
        500,
        "fault",
        Failure.Kind.INTERNAL,
        "the server made a mistake",
        "look for the request's name in the server's log, and report it",
        List.of());
  }

  static Refusal user(int status, String code, String message, String remedy) {
    return of(status, code, Failure.Kind.USER, message, remedy, List.of());
  }

  static Refusal of(
      int status,
      String code,
      Failure.Kind kind,
      String message,
      String remedy,
      List<Problem> problems) {
    return new Refusal(status, failure(code, kind, message, remedy, problems), Optional.empty());
  }

  /// The status of HTTP.
  public int status() {
    return status;
  }

  /// What to answer to the request of this name.
  public Failure failure(String request) {
    return new Failure(
        failure.code(),
        failure.kind(),
        failure.message(),
        failure.remedy(),
        failure.problems(),
        request);
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }

  private static Failure failure(
      String code, Failure.Kind kind, String message, String remedy, List<Problem> problems) {
    return new Failure(code, kind, message, remedy, problems, "");
  }
}
