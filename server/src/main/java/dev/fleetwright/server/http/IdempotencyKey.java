package dev.fleetwright.server.http;

import java.util.Optional;
import java.util.regex.Pattern;

/// What names a request, so that repeating it gives the first one's answer.
final class IdempotencyKey {

  private static final Pattern FORM = Pattern.compile("[!-~]{1,200}");

  private IdempotencyKey() {}

  /// The caller's own: two callers cannot meet each other's requests by chance or by guessing.
  static Optional<String> of(Call call) {
    var key = call.header("Idempotency-Key");
    if (key.isPresent() && !FORM.matcher(key.get()).matches()) {
      throw Refusal.malformed(
          "the header `Idempotency-Key` is odd", "send 1 to 200 visible ASCII characters in it");
    }
    return key.map(k -> "api:" + call.actor() + ":" + k);
  }
}
