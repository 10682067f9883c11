package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.yaml.Node;
import java.util.stream.Collectors;

/// A piece of the file as one line of JSON, which is YAML as well.
final class FlowText {
  private FlowText() {}

  static String of(Node node) {
    return switch (node) {
      case Node.Text(_, var text) -> quoted(text);
      case Node.Fraction(_, var value) when !Double.isFinite(value) -> "null";
      case Node.Whole _, Node.Fraction _, Node.Truth _ -> ((Node.Scalar) node).text();
      case Node.Nothing _ -> "null";
      case Node.Reference reference ->
          reference.path().stream()
              .map(FlowText::quoted)
              .collect(Collectors.joining(", ", "[", "]"));
      case Node.Sequence sequence ->
          sequence.items().stream().map(FlowText::of).collect(Collectors.joining(", ", "[", "]"));
      case Node.Mapping mapping ->
          mapping.entries().values().stream()
              .map(entry -> quoted(entry.key()) + ": " + of(entry.value()))
              .collect(Collectors.joining(", ", "{", "}"));
    };
  }

  private static String quoted(String text) {
    var result = new StringBuilder("\"");
    text.chars()
        .forEach(c -> {
          switch (c) {
            case '"' -> result.append("\\\"");
            case '\\' -> result.append("\\\\");
            case '\n' -> result.append("\\n");
            case '\r' -> result.append("\\r");
            case '\t' -> result.append("\\t");
            default -> {
              if (c < 0x20 || c == 0x7f) {
                result.append(String.format("\\u%04x", c));
              } else {
                result.append((char) c);
              }
            }
          }
        });
    return result.append('"').toString();
  }
}
