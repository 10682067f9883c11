package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.kubernetes.client.ApiServer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an environment has in a cluster, kept there in a ConfigMap: so that any server can tell
/// what is ours, what to delete, and whether an order comes too late.
///
/// While an order is under way, [#next] says what it is about to make, and [#now] stays what ran
/// before: whoever continues after a crash knows where to go back to.
///
/// @param token the highest fencing token that was seen
/// @param now what ran when the last order ended
/// @param next what the order under way is about to make
/// @param madeNamespace whether the namespace is there because we made it
record Inventory(long token, State now, Optional<Next> next, boolean madeNamespace) {

  /// Of nothing.
  static final Inventory EMPTY = new Inventory(0, State.NOTHING, Optional.empty(), false);

  /// @param components digests by name
  record State(SortedMap<String, String> components, List<Entry> entries) {

    static final State NOTHING = new State(new TreeMap<>(), List.of());

    State {
      components = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(components));
      entries = List.copyOf(entries);
    }

    List<Entry> of(String component) {
      return entries.stream().filter(e -> e.component().equals(component)).toList();
    }
  }

  /// @param order whose it is, as [dev.fleetwright.core.target.ApplyId] writes it
  record Next(String order, State state) {}

  /// One object.
  ///
  /// @param digest of what was applied
  /// @param fingerprint of what came of it, see [Ownership]; empty when nobody has looked yet
  record Entry(
      ObjectKey key, String apiVersion, String component, String digest, String fingerprint) {

    private static final String HOOK = "hook";

    static Entry of(Wanted wanted) {
      return new Entry(
          wanted.key(),
          wanted.apiVersion(),
          wanted.component(),
          wanted.hook() ? HOOK : wanted.digest(),
          "");
    }

    /// Whether it is only kept in mind to be deleted: a hook comes and goes.
    boolean isHook() {
      return digest.equals(HOOK);
    }

    Entry seen(String nowFingerprint) {
      return new Entry(key, apiVersion, component, digest, nowFingerprint);
    }
  }

  /// Everything that may be there.
  List<Entry> all() {
    var all = new ArrayList<>(now.entries());
    next.ifPresent(n -> all.addAll(n.state().entries()));
    return all;
  }

  Inventory begun(long newToken, Next order) {
    return new Inventory(newToken, now, Optional.of(order), madeNamespace);
  }

  Inventory ended(State state) {
    return new Inventory(token, state, Optional.empty(), madeNamespace);
  }

  Inventory withNamespace() {
    return new Inventory(token, now, next, true);
  }

  String text() {
    var json = ApiServer.json().createObjectNode();
    json.put("token", token);
    json.put("made_namespace", madeNamespace);
    json.set("now", write(now));
    next.ifPresent(n -> {
      var node = write(n.state());
      node.put("order", n.order());
      json.set("next", node);
    });
    return json.toString();
  }

  private static ObjectNode write(State state) {
    var json = ApiServer.json().createObjectNode();
    var components = json.putObject("components");
    state.components().forEach(components::put);
    var entries = json.putArray("objects");
    for (var entry : state.entries()) {
      entries
          .addArray()
          .add(entry.apiVersion())
          .add(entry.key().kind())
          .add(entry.key().namespace())
          .add(entry.key().name())
          .add(entry.component())
          .add(entry.digest())
          .add(entry.fingerprint());
    }
    return json;
  }

  /// Read what [#text] wrote.
  ///
  /// @throws JsonProcessingException if somebody else has written it
  static Inventory read(String text) throws JsonProcessingException {
    var json = ApiServer.json().readTree(text);
    var next = json.path("next");
    return new Inventory(
        json.path("token").asLong(),
        state(json.path("now")),
        next.isObject()
            ? Optional.of(new Next(next.path("order").asText(), state(next)))
            : Optional.empty(),
        json.path("made_namespace").asBoolean());
  }

  private static State state(JsonNode json) {
    var components = new TreeMap<String, String>();
    json.path("components")
        .properties()
        .forEach(entry -> components.put(entry.getKey(), entry.getValue().asText()));
    var entries = new ArrayList<Entry>();
    for (var entry : json.path("objects")) {
      var apiVersion = entry.path(0).asText();
      entries.add(
          new Entry(
              new ObjectKey(
                  ObjectKey.group(apiVersion),
                  entry.path(1).asText(),
                  entry.path(2).asText(),
                  entry.path(3).asText()),
              apiVersion,
              entry.path(4).asText(),
              entry.path(5).asText(),
              entry.path(6).asText()));
    }
    return new State(components, entries);
  }

  /// For people: `Deployment web, Service web and 3 more`.
  static String words(Collection<ObjectKey> keys) {
    var some = keys.stream().limit(3).map(ObjectKey::words).toList();
    var text = String.join(", ", some);
    return keys.size() > some.size()
        ? text + " and " + (keys.size() - some.size()) + " more"
        : text;
  }
}
