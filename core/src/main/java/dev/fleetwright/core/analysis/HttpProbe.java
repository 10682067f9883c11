package dev.fleetwright.core.analysis;

import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.plan.Words;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// What is asked over HTTP, again and again, while a release is watched.
///
/// @param every how long between two looks
/// @param length how long it has to be as expected
/// @param leastStatus the lowest status that is as expected
/// @param mostStatus the highest
/// @param json what the body has to say
/// @param within how soon the answer has to be there
/// @param forgiven how many bad answers in a row are forgiven
public record HttpProbe(
    Where where,
    Duration every,
    Duration length,
    int leastStatus,
    int mostStatus,
    Optional<Json> json,
    Duration within,
    int forgiven) {

  /// More bad answers in a row are no noise.
  public static final int MOST_FORGIVEN = 10;

  /// Whom to ask.
  public sealed interface Where {

    /// Each instance of a component that runs the new release, at its own address. So a canary is
    /// asked itself, and not whoever a front sends the caller to.
    record Component(String name, String path) implements Where {}

    /// One address, which does not know who answers behind it.
    record Address(URI address) implements Where {}

    /// For people.
    default String words() {
      return switch (this) {
        case Component(var name, var path) -> name + path;
        case Address(var address) -> address.toString();
      };
    }
  }

  /// @param pointer as RFC 6901 has it, such as `/status`
  /// @param value the text, number or truth value there, as text
  public record Json(String pointer, String value) {}

  public HttpProbe {
    if (!every.isPositive() || !length.isPositive() || !within.isPositive()) {
      throw new IllegalArgumentException("a probe needs some time");
    }
    if (leastStatus < 100 || leastStatus > mostStatus || mostStatus > 599) {
      throw new IllegalArgumentException(
          "%d to %d are no statuses of HTTP".formatted(leastStatus, mostStatus));
    }
    if (forgiven < 0 || forgiven > MOST_FORGIVEN) {
      throw new IllegalArgumentException(
          "from 0 to %d bad answers can be forgiven, not %d".formatted(MOST_FORGIVEN, forgiven));
    }
  }

  /// For people: `web/healthz every 10 s for 5 min`.
  public String words() {
    return "%s every %s for %s".formatted(where.words(), Words.of(every), Words.of(length));
  }

  /// The canonical form, part of a plan's hash.
  public Dictionary canonical() {
    var probe =
        Dictionary.empty()
            .with("every", every.toMillis())
            .with("length", length.toMillis())
            .with("least", leastStatus)
            .with("most", mostStatus)
            .with("within", within.toMillis())
            .with("forgiven", forgiven);
    var whole =
        switch (where) {
          case Where.Component(var name, var path) ->
              probe.with("component", name).with("path", path);
          case Where.Address(var address) -> probe.with("address", address.toString());
        };
    return json.map(j -> whole.with("pointer", j.pointer()).with("value", j.value())).orElse(whole);
  }

  /// Read what [#canonical] wrote.
  ///
  /// @throws Bencode.NotCanonical if it is something else
  public static HttpProbe of(Dictionary dictionary) {
    return new HttpProbe(
        dictionary.has("address")
            ? new Where.Address(URI.create(dictionary.text("address")))
            : new Where.Component(dictionary.text("component"), dictionary.text("path")),
        Duration.ofMillis(dictionary.whole("every")),
        Duration.ofMillis(dictionary.whole("length")),
        Math.toIntExact(dictionary.whole("least")),
        Math.toIntExact(dictionary.whole("most")),
        dictionary.has("pointer")
            ? Optional.of(new Json(dictionary.text("pointer"), dictionary.text("value")))
            : Optional.empty(),
        Duration.ofMillis(dictionary.whole("within")),
        Math.toIntExact(dictionary.whole("forgiven")));
  }
}
