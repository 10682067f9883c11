package dev.fleetwright.pipeline.variable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.WorkTime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Contract 2a.7.
class VariableExpansionTest {

  @Test
  void the_server_knows_three_ways_to_write_a_name() {
    assertThat(expansion(Map.of("A", "x")).inText("$A ${A} %A% $Ab ${A}b"))
        .isEqualTo("x x x $Ab xb");
  }

  @Test
  void what_the_server_does_not_know_is_left_for_the_runner() {
    assertThat(expansion(Map.of()).inText("$A/${B}/%C%/$")).isEqualTo("$A/${B}/%C%/$");
    assertThat(VariableExpansion.onRunner("$A/${B}/%C%", Map.of("A", "x"))).isEqualTo("x//%C%");
  }

  @Test
  void values_are_expanded_in_whatever_order_they_come() {
    var expansion = expansion(Map.of("A", "$B-a", "B", "$C-b", "C", "c"));

    assertThat(expansion.inText("$A")).isEqualTo("c-b-a");
  }

  @Test
  void the_runner_does_not_look_into_values() {
    assertThat(VariableExpansion.onRunner("$A", Map.of("A", "$B", "B", "x"))).isEqualTo("$B");
  }

  @Test
  void two_dollars_are_one_after_both_rounds() {
    var server = expansion(Map.of("A", "x")).inText("$$A $A");

    assertThat(server).isEqualTo("$$A x");
    assertThat(VariableExpansion.onRunner(server, Map.of("A", "x"))).isEqualTo("$A x");
  }

  @Test
  void variables_that_lead_back_to_themselves_stay_as_written() {
    var expansion = expansion(Map.of("A", "$B", "B", "$A", "C", "$C", "D", "ok"));

    assertThat(expansion.inText("$A $C $D")).isEqualTo("$B $C ok");
  }

  @Test
  void a_raw_variable_is_put_in_as_it_stands() {
    var variables = new LinkedHashMap<String, Variable>();
    variables.put("A", new Variable("A", "$B", true, false));
    variables.put("B", Variable.of("B", "x"));
    variables.put("C", Variable.of("C", "$A"));

    assertThat(VariableExpansion.all(variables).values())
        .extracting(Variable::value)
        .containsExactly("$B", "x", "$B");
  }

  @Test
  void a_file_is_not_put_in() {
    var expansion =
        VariableExpansion.of(
            Map.of("KUBECONFIG", new Variable("KUBECONFIG", "apiVersion…", false, true)));

    assertThat(expansion.inText("use $KUBECONFIG")).isEqualTo("use $KUBECONFIG");
  }

  @Test
  void doubling_thirty_times_neither_takes_long_nor_fills_memory() {
    var variables = new LinkedHashMap<String, Variable>();
    variables.put("V0", Variable.of("V0", "0123456789"));
    for (var i = 1; i <= 30; i++) {
      variables.put("V" + i, Variable.of("V" + i, "$V" + (i - 1) + "$V" + (i - 1)));
    }
    var took =
        WorkTime.of(() ->
            assertThat(VariableExpansion.all(variables).values())
                .allSatisfy(v -> assertThat(v.value().length()).isLessThan(1 << 20)));

    assertThat(took).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void a_chain_of_ten_thousand_does_not_overflow_the_stack() {
    var variables = new LinkedHashMap<String, Variable>();
    for (var i = 0; i < 10_000; i++) {
      variables.put("V" + i, Variable.of("V" + i, "$V" + (i + 1)));
    }

    assertThat(VariableExpansion.all(variables)).hasSize(10_000);
  }

  private static VariableExpansion expansion(Map<String, String> values) {
    var variables = new LinkedHashMap<String, Variable>();
    values.forEach((name, value) -> variables.put(name, Variable.of(name, value)));
    return VariableExpansion.of(variables);
  }
}
