package dev.fleetwright.pipeline.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {
  private static final List<String> KEYS =
      List.of("script", "stage", "needs", "when", "before_script");

  @Test
  void a_slip_of_the_hand_is_understood() {
    assertThat(Suggestion.closest("scirpt", KEYS)).contains("script");
    assertThat(Suggestion.closest("stages", KEYS)).contains("stage");
    assertThat(Suggestion.closest("Need", KEYS)).contains("needs");
    assertThat(Suggestion.closest("befor_scrpt", KEYS)).contains("before_script");
  }

  @Test
  void another_word_is_not_made_into_a_known_one() {
    assertThat(Suggestion.closest("replicas", KEYS)).isEmpty();
    assertThat(Suggestion.closest("x", KEYS)).isEmpty();
  }
}
