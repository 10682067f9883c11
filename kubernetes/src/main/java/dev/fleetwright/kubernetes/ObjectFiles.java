package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/// Kubernetes objects in files of YAML and JSON, with variables filled in.
///
/// `${NAME}` and `$NAME` are filled in where the name begins with `CI_`, `KUBE_` or `IMAGE_`, or is
/// a variable of the environment or the target; one of those names that has no value is a mistake,
/// never nothing. `$${NAME}` stays `${NAME}`. Everything else with a `$` is left as it is: it is
/// meant for a shell in a container, or for Kubernetes.
///
/// Values are filled into what YAML has read, never into its text, so no value can add a field or
/// an object. A value alone and without quotes, such as `replicas: ${REPLICAS}`, may become a
/// number.
final class ObjectFiles {

  private static final Pattern REFERENCE =
      Pattern.compile("(\\$?)\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)}|([A-Za-z_][A-Za-z0-9_]*))");
  private static final Pattern OURS = Pattern.compile("(CI|KUBE|IMAGE)_.*");

  /// Far more than anybody writes by hand, far less than a bomb of aliases unfolds to.
  private static final int MOST_NODES = 500_000;

  private static final int DEEPEST = 200;
  private static final int LARGEST_FILE = 16 * 1024 * 1024;
  private static final int MOST_ALIASES = 50;

  private final Map<String, String> variables;
  private final List<String> problems = new ArrayList<>();
  private final List<ObjectNode> objects = new ArrayList<>();
  private String file = "";
  private int nodes;

  ObjectFiles(Map<String, String> variables) {
    this.variables = new TreeMap<>(variables);
  }

  /// What is wrong, one line each, with file and line.
  List<String> problems() {
    return List.copyOf(problems);
  }

  List<ObjectNode> objects() {
    return List.copyOf(objects);
  }

  /// Whether a file holds objects.
  static boolean reads(String path) {
    return path.matches(".*\\.(ya?ml|json)") && !path.matches("(^|.*/)\\..*");
  }

  /// A file that could not be parsed.
  private static final class Unreadable extends RuntimeException {
    Unreadable(String why) {
      super(why);
    }
  }

  /// Read one more file.
  void read(String path, String text) {
    file = path;
    if (text.length() > LARGEST_FILE) {
      problems.add(path + " is larger than 16 MB");
      return;
    }
    var settings =
        LoadSettings.builder()
            .setLabel(path)
            .setSchema(new FailsafeSchema())
            .setMaxAliasesForCollections(MOST_ALIASES)
            .setCodePointLimit(LARGEST_FILE)
            .setAllowDuplicateKeys(false)
            .build();
    try {
      for (var document : new Compose(settings).composeAllFromString(text)) {
        var tree = tree(document, 0, new IdentityHashMap<>());
        if (!tree.isNull()) {
          take(tree, line(document));
        }
      }
    } catch (MarkedYamlEngineException e) {
      problems.add(
          "%s line %s: %s"
              .formatted(
                  path, e.getProblemMark().map(m -> m.getLine() + 1).orElse(0), e.getProblem()));
    } catch (YamlEngineException | Unreadable e) {
      problems.add(path + ": " + e.getMessage());
    } catch (StackOverflowError e) {
      problems.add(path + " is nested too deeply");
    }
  }

  private void take(JsonNode tree, int line) {
    var where = file + " line " + line;
    if (!(tree instanceof ObjectNode object)) {
      problems.add(where + " is no Kubernetes object");
      return;
    }
    var kind = object.path("kind").asText("");
    if (kind.endsWith("List") && object.path("items").isArray()) {
      object.path("items").forEach(item -> take(item, line));
    } else if (kind.isEmpty() || object.path("apiVersion").asText("").isEmpty()) {
      problems.add(where + " is no Kubernetes object: it has no `apiVersion` and `kind`");
    } else if (object.path("metadata").path("name").asText("").isEmpty()) {
      problems.add(where + ": this " + kind + " has no `metadata.name`");
    } else {
      objects.add(object);
    }
  }

  private JsonNode tree(Node node, int depth, IdentityHashMap<Node, Boolean> above) {
    if (++nodes > MOST_NODES) {
      throw new Unreadable("its aliases unfold to too much");
    }
    if (depth > DEEPEST || above.put(node, true) != null) {
      throw new Unreadable("it is nested too deeply, or in itself");
    }
    try {
      return switch (node) {
        case ScalarNode scalar -> scalar(scalar);
        case SequenceNode sequence -> {
          var array = JsonNodeFactory.instance.arrayNode();
          sequence.getValue().forEach(item -> array.add(tree(item, depth + 1, above)));
          yield array;
        }
        case MappingNode mapping -> mapping(mapping, depth, above);
        default -> throw new Unreadable("line " + line(node) + " cannot be read");
      };
    } finally {
      above.remove(node);
    }
  }

  private ObjectNode mapping(MappingNode mapping, int depth, IdentityHashMap<Node, Boolean> above) {
    var object = JsonNodeFactory.instance.objectNode();
    var merged = JsonNodeFactory.instance.objectNode();
    for (var tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw new Unreadable("line " + line(tuple.getKeyNode()) + ": a key is no text");
      }
      var value = tree(tuple.getValueNode(), depth + 1, above);
      if (key.getValue().equals("<<") && key.getScalarStyle() == ScalarStyle.PLAIN) {
        merge(merged, value);
      } else {
        object.set(filled(key.getValue(), line(key)), value);
      }
    }
    merged.properties().forEach(entry -> object.putIfAbsent(entry.getKey(), entry.getValue()));
    return object;
  }

  /// The first of several that are merged wins (YAML 1.1, merge keys).
  private static void merge(ObjectNode into, JsonNode value) {
    if (value.isArray()) {
      value.forEach(item -> merge(into, item));
    } else {
      value.properties().forEach(entry -> into.putIfAbsent(entry.getKey(), entry.getValue()));
    }
  }

  private JsonNode scalar(ScalarNode scalar) {
    var text = scalar.getValue();
    var plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
    var tag = scalar.getTag().getValue();
    if (tag.startsWith("!") && tag.length() > 1) {
      throw new Unreadable("line " + line(scalar) + ": there is no tag " + tag);
    }
    if (text.indexOf('$') < 0) {
      return plain ? Scalars.plain(text) : JsonNodeFactory.instance.textNode(text);
    }
    var filled = filled(text, line(scalar));
    return plain && REFERENCE.matcher(text).matches()
        ? Scalars.plain(filled)
        : JsonNodeFactory.instance.textNode(filled);
  }

  private String filled(String text, int line) {
    if (text.indexOf('$') < 0) {
      return text;
    }
    var matcher = REFERENCE.matcher(text);
    var filled = new StringBuilder();
    while (matcher.find()) {
      var name = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
      var value = variables.get(name);
      var ours = value != null || OURS.matcher(name).matches();
      String replacement;
      if (!ours) {
        replacement = matcher.group();
      } else if (!matcher.group(1).isEmpty()) {
        replacement = matcher.group().substring(1);
      } else if (value == null) {
        problems.add(
            "%s line %d: nothing sets `%s`; set it in the pipeline or under `variables` of the environment, or write `$$%s` to keep it as it is"
                .formatted(file, line, name, matcher.group().substring(1)));
        replacement = matcher.group();
      } else {
        replacement = value;
      }
      matcher.appendReplacement(filled, java.util.regex.Matcher.quoteReplacement(replacement));
    }
    matcher.appendTail(filled);
    return filled.toString();
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }
}
