package dev.fleetwright.server.ui;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/// What a form that was posted holds.
final class Form {

  private Form() {}

  static String required(Call call, String field) {
    return given(call, field).orElseThrow(() -> Refusal.notFound("field `" + field + "`"));
  }

  static Optional<String> given(Call call, String field) {
    return Optional.ofNullable(call.context().formParam(field)).filter(v -> !v.isBlank());
  }

  static String reason(Call call) {
    var reason = given(call, "reason").orElse("").strip();
    return reason.length() <= 500 ? reason : reason.substring(0, 500);
  }

  /// What a field for a date and a time holds; its clock is that of UTC, as the page says.
  static Instant moment(String text) {
    try {
      return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw Refusal.notFound("time `" + text + "`");
    }
  }

  static Digest digest(String hex) {
    try {
      return new Digest(hex);
    } catch (IllegalArgumentException e) {
      throw Refusal.notFound("plan `" + hex + "`");
    }
  }
}
