package dev.fleetwright.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RecipeTest {

  @Test
  void does_little_in_every_build_and_all_of_it_when_asked() {
    assertThat(Recipe.times("", 2, 200)).isEqualTo(2);
    assertThat(Recipe.times("full", 2, 200)).isEqualTo(200);
    assertThat(Recipe.times("17", 2, 200)).isEqualTo(17);
  }

  @Test
  void refuses_what_is_no_count() {
    assertThatThrownBy(() -> Recipe.times("0", 2, 200))
        .hasMessage(
            "-Dfleetwright.recipe=0 is not a count; write a number, or `full` for the recipe's own figure");
  }
}
