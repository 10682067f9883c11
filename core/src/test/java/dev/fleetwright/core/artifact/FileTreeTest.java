package dev.fleetwright.core.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FileTreeTest {

  @Test
  void links_inside_the_tree_are_fine() {
    assertThat(
            problem(
                file("a/b/c"),
                file("bin/run"),
                link("l", "a/b"),
                link("a/up", "../l/c"),
                link("current", "bin"),
                link("detour", "a/b/../../bin/run"),
                link("gone", "no")))
        .isEmpty();
  }

  @Test
  void links_that_leave_the_tree_only_together_are_found() {
    assertThat(problem(link("a/b/up", "../.."), link("out", "a/b/up/../x")))
        .contains("the link `out` leads out of the file tree, or in a circle");
    assertThat(problem(link("a/up", ".."), link("b/c/out", "../../a/up/..")))
        .contains("the link `b/c/out` leads out of the file tree, or in a circle");
  }

  @Test
  void links_in_a_circle_are_found() {
    assertThat(problem(link("a", "b"), link("b", "a")))
        .contains("the link `a` leads out of the file tree, or in a circle");
    assertThat(problem(link("self", "self/x"))).isPresent();
  }

  @Test
  void nothing_lies_below_a_link_or_a_file() {
    assertThat(problem(link("a/b/up", "../.."), file("a/b/up/passwd")))
        .contains("`a/b/up/passwd` is below `a/b/up`, which is no folder");
    assertThat(problem(file("a"), file("a/b/c")))
        .contains("`a/b/c` is below `a`, which is no folder");
    // Between the two stands another, as paths are sorted.
    assertThat(problem(file("a"), file("a-b/x"), file("a/x"))).isPresent();
  }

  @Test
  void a_component_cannot_have_such_a_tree() {
    assertThatThrownBy(() ->
            new Component(
                "web", List.of(link("a/b/up", "../.."), link("out", "a/b/up/../x")), Settings.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("component `web`: the link `out` leads out of the file tree, or in a circle");
  }

  /// What was stored, or came from a host, is read by the same rule.
  @Test
  void a_component_with_such_a_tree_cannot_be_read() {
    var fine = new Component("web", List.of(link("a/b/up", "../..")), Settings.NONE).canonical();
    var entries = new ArrayList<>(fine.listing("files").values());
    entries.add(link("out", "a/b/up/../x").canonical());
    var bad = fine.with("files", new Listing(entries));

    assertThatThrownBy(() -> Component.of(bad)).isInstanceOf(IllegalArgumentException.class);
  }

  private static Optional<String> problem(TreeEntry... entries) {
    return FileTree.problem(List.of(entries));
  }

  private static TreeEntry file(String path) {
    return new TreeEntry.File(path, Digest.of(new byte[0]), 0, false);
  }

  private static TreeEntry link(String path, String to) {
    return new TreeEntry.Link(path, to);
  }
}
