package dev.fleetwright.adapters.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileTreeTest {

  @Test
  void a_tree_with_links_inside_can_be_written() {
    assertThat(
            FileTree.problems(
                List.of(file("bin/run"), link("current", "bin"), link("bin/up", "../bin/run"))))
        .isEmpty();
  }

  @Test
  void nothing_is_below_a_link() {
    assertThat(FileTree.problems(List.of(link("a/b/up", "../.."), file("a/b/up/passwd"))))
        .containsExactly("`a/b/up/passwd` is below `a/b/up`, which is not a folder");
  }

  @Test
  void nothing_is_below_a_file() {
    assertThat(FileTree.problems(List.of(file("a"), file("a/b"))))
        .containsExactly("`a/b` is below `a`, which is not a folder");
  }

  @Test
  void a_link_does_not_go_out_through_another_link() {
    assertThat(FileTree.problems(List.of(link("a/b/up", "../.."), link("out", "a/b/up/../x"))))
        .containsExactly(
            "link `out` goes down and up again: `a/b/up/../x`; write it without the detour");
  }

  private static TreeEntry file(String path) {
    return new TreeEntry.File(path, Digest.of(new byte[0]), 0, false);
  }

  private static TreeEntry link(String path, String to) {
    return new TreeEntry.Link(path, to);
  }
}
