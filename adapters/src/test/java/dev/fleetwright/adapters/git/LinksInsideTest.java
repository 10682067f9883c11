package dev.fleetwright.adapters.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LinksInsideTest {

  @Test
  void links_within_the_tree_are_fine() {
    assertThat(
            new LinksInside(
                    Map.of(
                        "current", "releases/1",
                        "releases/1/shared", "../../shared",
                        "dangling", "not/there/../yet",
                        "twice", "current/shared/x"))
                .problem())
        .isEmpty();
  }

  @Test
  void a_link_that_leaves_is_named() {
    assertThat(problem("a/b", "../../etc/passwd")).contains("the link `a/b` leaves the repository");
    assertThat(problem("a", "/etc/passwd")).contains("the link `a` leaves the repository");
    assertThat(problem("a", "x/../../y")).contains("the link `a` leaves the repository");
    assertThat(problem("a", "")).contains("the link `a` leaves the repository");
  }

  @Test
  void two_links_that_leave_only_together_are_caught() {
    // By its text alone the second stays inside: two up from b/c, then a, up, and one back.
    var links = Map.of("a/up", "..", "b/c/out", "../../a/up/..");
    assertThat(new LinksInside(links).problem())
        .contains("the link `b/c/out` leaves the repository");
  }

  @Test
  void a_circle_is_caught() {
    assertThat(new LinksInside(Map.of("a", "b", "b", "a")).problem())
        .hasValueSatisfying(p -> assertThat(p).contains("circle"));
    assertThat(problem("self", "self/x")).contains("the link `self` goes round in a circle");
  }

  @Test
  void a_link_into_dot_git_is_caught() {
    assertThat(problem("hooks", ".git/hooks")).contains("the link `hooks` leads into .git");
    assertThat(problem("a/b", "../x/../.GIT")).contains("the link `a/b` leads into .git");
  }

  private static java.util.Optional<String> problem(String path, String to) {
    return new LinksInside(Map.of(path, to)).problem();
  }
}
