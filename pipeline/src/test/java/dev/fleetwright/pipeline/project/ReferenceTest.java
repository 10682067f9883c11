package dev.fleetwright.pipeline.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// `fleetwright-reference.yml` is schema, reference and example in one.
class ReferenceTest {

  @Test
  void the_reference_reads_without_an_error() {
    var file = ProjectFileTest.read(ProjectFile.reference());

    assertThat(ProjectFileTest.errors(file)).isEmpty();
    assertThat(file.problems())
        .allSatisfy(problem -> assertThat(problem.message()).endsWith("not acted on yet"));
  }

  @Test
  void the_reference_has_every_key_that_is_read_and_no_other() {
    var root =
        YamlReader.readMap("reference", ProjectFile.reference(), Dialect.PLAIN, new Problems())
            .orElseThrow();
    var written = new TreeSet<String>();
    written(ProjectKeys.FILE_SHAPE, root, "", written);
    var read = new TreeSet<String>();
    readable(ProjectKeys.FILE_SHAPE, "", read);

    assertThat(written).isEqualTo(read);
  }

  @Test
  void every_key_that_comes_later_is_marked_so() {
    var reference = ProjectFile.reference();
    for (var key : ProjectKeys.LATER) {
      var name = key.substring(key.lastIndexOf(':') + 1);
      assertThat(reference)
          .as(key)
          .containsPattern(
              "(?m)(Comes later.*(\\n#.*)*\\n" + name + ":|" + name + ":.*# comes later)");
    }
  }

  @Test
  void every_key_is_explained_by_a_comment() {
    var bare =
        ProjectFile.reference()
            .lines()
            .filter(line -> line.matches("[a-z]+:.*"))
            .filter(line -> !line.contains("#"))
            .map(line -> line.substring(0, line.indexOf(':')))
            .filter(key -> !ProjectFile.reference().matches("(?s).*\\n#[^\\n]*\\n" + key + ":.*"))
            .toList();

    assertThat(bare).isEmpty();
  }

  /// Paths of keys that the shape knows; keys that people choose are `*`.
  private static void readable(Shape shape, String path, Set<String> found) {
    switch (shape) {
      case Shape.Fields(var fields) ->
          fields.forEach((name, field) -> {
            found.add(path + name);
            readable(field.shape(), path + name + ":", found);
          });
      case Shape.MapOf map -> readable(map.value(), path + "*:", found);
      case Shape.ListOf list -> readable(list.item(), path, found);
      case Shape.Either(var alternatives) -> alternatives.forEach(a -> readable(a, path, found));
      case Shape.Ruled(var inner, _) -> readable(inner, path, found);
      case Shape.Anything _,
          Shape.Words _,
          Shape.Word _,
          Shape.Parsed _,
          Shape.Count _,
          Shape.YesNo _,
          Shape.OneOf _ -> {}
    }
  }

  /// The same of a text.
  private static void written(Shape shape, Node node, String path, Set<String> found) {
    switch (shape) {
      case Shape.Fields(var fields) -> {
        if (node instanceof Node.Mapping map) {
          map.entries()
              .forEach((name, entry) -> {
                found.add(path + name);
                var field = fields.get(name);
                if (field != null) {
                  written(field.shape(), entry.value(), path + name + ":", found);
                }
              });
        }
      }
      case Shape.MapOf map -> {
        if (node instanceof Node.Mapping values) {
          values
              .entries()
              .values()
              .forEach(e -> written(map.value(), e.value(), path + "*:", found));
        }
      }
      case Shape.ListOf list -> {
        if (node instanceof Node.Sequence(_, var items)) {
          items.forEach(item -> written(list.item(), item, path, found));
        }
      }
      case Shape.Either(var alternatives) ->
          alternatives.stream()
              .filter(a -> a.fits(node))
              .forEach(a -> written(a, node, path, found));
      case Shape.Ruled(var inner, _) -> written(inner, node, path, found);
      case Shape.Anything _,
          Shape.Words _,
          Shape.Word _,
          Shape.Parsed _,
          Shape.Count _,
          Shape.YesNo _,
          Shape.OneOf _ -> {}
    }
  }
}
