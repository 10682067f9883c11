package dev.fleetwright.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.engine.RecordUnreadable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// A JSON object of a row, read strictly: what is asked for must be there and of its kind, and at
/// the end ([#nothingElse]) nothing may be left that was not asked for. So what a newer release
/// added is refused and never half-read.
final class Json {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final String what;
  private final JsonNode object;
  private final Set<String> asked = new HashSet<>();

  private Json(String what, JsonNode object) {
    this.what = what;
    this.object = object;
    if (!object.isObject()) {
      throw new RecordUnreadable(what + " is no JSON object");
    }
  }

  /// A new object to fill.
  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// A new list to fill.
  static ArrayNode list(Iterable<String> texts) {
    var list = JsonNodeFactory.instance.arrayNode();
    texts.forEach(list::add);
    return list;
  }

  /// An object of texts.
  static String texts(Map<String, String> texts) {
    return textsNode(texts).toString();
  }

  static ObjectNode textsNode(Map<String, String> texts) {
    var object = object();
    texts.forEach(object::put);
    return object;
  }

  /// Read what [#texts] wrote.
  static SortedMap<String, String> readTexts(String what, String text) {
    return textsOf(what, parsed(what, text));
  }

  /// Read what [#list] wrote.
  static List<String> readList(String what, String text) {
    return listOf(what, parsed(what, text));
  }

  /// An object.
  ///
  /// @param what it is, for messages: `event 3 of deploy 7`
  static Json read(String what, String text) {
    return new Json(what, parsed(what, text));
  }

  private static JsonNode parsed(String what, String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new RecordUnreadable(what + " is no JSON", e);
    }
  }

  String text(String key) {
    return textOf(key, there(key));
  }

  Optional<String> maybeText(String key) {
    return maybe(key).map(node -> textOf(key, node));
  }

  long whole(String key) {
    return wholeOf(key, there(key));
  }

  int number(String key) {
    return Math.toIntExact(whole(key));
  }

  Optional<Long> maybeWhole(String key) {
    return maybe(key).map(node -> wholeOf(key, node));
  }

  boolean yes(String key) {
    var node = there(key);
    if (!node.isBoolean()) {
      throw unreadable("`" + key + "` is neither true nor false");
    }
    return node.booleanValue();
  }

  Optional<Boolean> maybeYes(String key) {
    return maybe(key).isEmpty() ? Optional.empty() : Optional.of(yes(key));
  }

  List<String> texts(String key) {
    return listOf(what + ", `" + key + "`,", there(key));
  }

  Optional<List<String>> maybeTexts(String key) {
    return maybe(key).map(node -> listOf(what + ", `" + key + "`,", node));
  }

  SortedMap<String, String> map(String key) {
    return textsOf(what + ", `" + key + "`,", there(key));
  }

  /// The texts under a key; none if it is not there.
  SortedMap<String, String> maybeTextMap(String key) {
    return maybe(key).map(node -> textsOf(what + ", `" + key + "`,", node)).orElseGet(TreeMap::new);
  }

  Json object(String key) {
    return new Json(what + ", `" + key + "`,", there(key));
  }

  Optional<Json> maybeObject(String key) {
    return maybe(key).map(node -> new Json(what + ", `" + key + "`,", node));
  }

  <T> List<T> objects(String key, Function<Json, T> reading) {
    return objectsOf(key, there(key), reading);
  }

  <T> Optional<List<T>> maybeObjects(String key, Function<Json, T> reading) {
    return maybe(key).map(node -> objectsOf(key, node, reading));
  }

  /// Check that nothing is left over.
  void nothingElse() {
    object
        .fieldNames()
        .forEachRemaining(name -> {
          if (!asked.contains(name)) {
            throw unreadable("`" + name + "` is not known to this release");
          }
        });
  }

  /// It is of a kind that this release does not know.
  RecordUnreadable unknown(String kind) {
    return unreadable("`" + kind + "` is not known to this release; a newer one wrote it");
  }

  private RecordUnreadable unreadable(String why) {
    return new RecordUnreadable(what + " cannot be read: " + why);
  }

  private Optional<JsonNode> maybe(String key) {
    asked.add(key);
    return Optional.ofNullable(object.get(key));
  }

  private JsonNode there(String key) {
    return maybe(key).orElseThrow(() -> unreadable("`" + key + "` is missing"));
  }

  private String textOf(String key, JsonNode node) {
    if (!node.isTextual()) {
      throw unreadable("`" + key + "` is no text");
    }
    return node.textValue();
  }

  private long wholeOf(String key, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw unreadable("`" + key + "` is no whole number");
    }
    return node.longValue();
  }

  private <T> List<T> objectsOf(String key, JsonNode list, Function<Json, T> reading) {
    if (!list.isArray()) {
      throw unreadable("`" + key + "` is no list");
    }
    var objects = new ArrayList<T>();
    for (var node : list) {
      var object = new Json(what + ", `" + key + "`,", node);
      objects.add(reading.apply(object));
      object.nothingElse();
    }
    return objects;
  }

  private static List<String> listOf(String what, JsonNode list) {
    if (!list.isArray()) {
      throw new RecordUnreadable(what + " is no list");
    }
    var texts = new ArrayList<String>();
    for (var node : list) {
      if (!node.isTextual()) {
        throw new RecordUnreadable(what + " is no list of texts");
      }
      texts.add(node.textValue());
    }
    return texts;
  }

  private static SortedMap<String, String> textsOf(String what, JsonNode object) {
    if (!object.isObject()) {
      throw new RecordUnreadable(what + " is no JSON object");
    }
    var texts = new TreeMap<String, String>();
    for (var entry : object.properties()) {
      if (!entry.getValue().isTextual()) {
        throw new RecordUnreadable(what + " holds `" + entry.getKey() + "`, which is no text");
      }
      texts.put(entry.getKey(), entry.getValue().textValue());
    }
    return texts;
  }
}
