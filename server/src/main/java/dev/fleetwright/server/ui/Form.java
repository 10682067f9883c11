package dev.fleetwright.server.ui;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
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

  /// What a field for many lines holds, `NAME=value` on each.
  static Map<String, String> settings(Call call, String field) {
    var settings = new LinkedHashMap<String, String>();
    for (var line : given(call, field).orElse("").lines().filter(l -> !l.isBlank()).toList()) {
      var equals = line.indexOf('=');
      // Without one it is all name, which whoever takes it will not like, and can say so.
      settings.put(
          (equals < 0 ? line : line.substring(0, equals)).strip(),
          equals < 0 ? "" : line.substring(equals + 1));
    }
    return settings;
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
