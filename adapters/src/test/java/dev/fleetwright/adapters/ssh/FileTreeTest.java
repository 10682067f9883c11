package dev.fleetwright.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Settings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FileTreeTest {

  private static Optional<String> problem(TreeEntry... entries) {
    return FileTree.problem(new Component("web", List.of(entries), Settings.NONE));
  }

  private static TreeEntry file(String path) {
    return new TreeEntry.File(path, Digest.of(new byte[0]), 0, false);
  }

  private static TreeEntry link(String path, String to) {
    return new TreeEntry.Link(path, to);
  }

  @Test
  void links_inside_the_tree_are_fine() {
    assertThat(problem(file("a/b/c"), link("l", "a/b"), link("a/up", "../l/c"), link("gone", "no")))
        .isEmpty();
  }

  @Test
  void links_that_leave_the_tree_only_together_are_found() {
    assertThat(problem(link("a/b/top", "../.."), link("out", "a/b/top/../x")))
        .hasValueSatisfying(p -> assertThat(p).contains("`out`"));
  }

  @Test
  void links_in_a_circle_are_found() {
    assertThat(problem(link("a", "b"), link("b", "a"))).isPresent();
  }

  @Test
  void nothing_is_written_through_a_link_or_below_a_file() {
    assertThat(problem(link("a", "b"), file("a/x"))).isPresent();
    assertThat(problem(file("a"), file("a/x"))).isPresent();
  }
}
