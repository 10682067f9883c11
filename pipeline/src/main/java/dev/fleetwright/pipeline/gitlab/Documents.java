package dev.fleetwright.pipeline.gitlab;

import com.google.re2j.Pattern;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A file cut into its header, which says what inputs it takes, and its body.
///
/// The body stays text, because inputs are written into it before it is read as YAML (contract
/// 2a.3). It keeps the header's lines as empty ones, so that its positions are those of the file.
///
/// @param spec the value of `spec` in the header; empty if there is no header
record Documents(Optional<Node> spec, String body) {
  private static final Pattern MARKER = Pattern.compile("(?m)^---(?:[ \\t\\r].*)?$");

  static Documents of(String file, String text, Problems problems) {
    // Without a header there is nothing to cut; most files have none.
    if (!text.contains("spec")) {
      return new Documents(Optional.empty(), text);
    }
    var markers = markers(text);
    if (markers.isEmpty()) {
      return new Documents(Optional.empty(), text);
    }
    var opens = text.substring(0, markers.getFirst()).lines().allMatch(Documents::isNoContent);
    var end = opens ? (markers.size() > 1 ? markers.get(1) : -1) : markers.getFirst();
    if (end < 0) {
      return new Documents(Optional.empty(), text);
    }
    var header = YamlReader.read(file, text.substring(0, end), Dialect.GITLAB, new Problems());
    if (header.size() != 1
        || !(header.getFirst() instanceof Mapping map)
        || map.get("spec").isEmpty()) {
      return new Documents(Optional.empty(), text);
    }
    // Read again, to report what is wrong with it only now that it is known to be a header.
    var _ = YamlReader.read(file, text.substring(0, end), Dialect.GITLAB, problems);
    map.entries()
        .values()
        .forEach(entry -> {
          if (!entry.key().equals("spec")) {
            problems.error(
                entry.keyAt(),
                "header contains an unknown key: " + entry.key(),
                "move it below the `---`");
          }
        });
    var lines = text.substring(0, end).chars().filter(c -> c == '\n').count();
    return new Documents(map.get("spec"), "\n".repeat((int) lines) + text.substring(end));
  }

  private static List<Integer> markers(String text) {
    var markers = new ArrayList<Integer>();
    var matcher = MARKER.matcher(text);
    while (markers.size() < 3 && matcher.find()) {
      markers.add(matcher.start());
    }
    return markers;
  }

  private static boolean isNoContent(String line) {
    var bare = line.strip();
    return bare.isEmpty() || bare.startsWith("#") || bare.startsWith("%");
  }
}
