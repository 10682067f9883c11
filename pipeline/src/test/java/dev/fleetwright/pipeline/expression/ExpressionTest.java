package dev.fleetwright.pipeline.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.expression.ExpressionParser.Answer;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Contract 2a.4.
class ExpressionTest {
  private static final Map<String, String> VARIABLES =
      Map.of(
          "BRANCH", "main", "EMPTY", "", "BLANK", "  ", "TAG", "v1.2.3", "PATTERN", "/^ma/", "TEXT",
          "ma", "PATH", "a/b");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "$BRANCH; true",
        "$NONE; false",
        "$EMPTY; false",
        "$BRANCH == \"main\"; true",
        "$BRANCH == 'main'; true",
        "'main' == $BRANCH; true",
        "$BRANCH != \"main\"; false",
        "$NONE == null; true",
        "$EMPTY == null; false",
        "$EMPTY == \"\"; true",
        "$NONE == \"\"; false",
        "$NONE != null; false",
        "null == null; true",
        "$BRANCH == $TEXT; false",
        "$TAG =~ /^v\\d+\\.\\d+/; true",
        "$TAG !~ /^v\\d+/; false",
        "$BRANCH =~ /MAIN/; false",
        "$BRANCH =~ /MAIN/i; true",
        "$NONE =~ /x.*/; false",
        "$NONE !~ /x.*/; true",
        "$PATH =~ /a\\/b/; true",
        "$BRANCH =~ $PATTERN; true",
        "$BRANCH =~ $TEXT; false",
        "$BRANCH =~ $NONE; false",
        "$BRANCH && $TAG; true",
        "$BRANCH && $NONE; false",
        "$NONE || $TAG; true",
        "$BRANCH || $NONE && $NONE; true",
        "($BRANCH || $NONE) && $NONE; false",
        "$NONE && $NONE || $BRANCH; true",
        "$BRANCH == \"main\" && ($TAG =~ /^v/ || $NONE); true",
        "($BRANCH); true",
        "  $BRANCH=='main'&&$TAG!=null ; true",
      })
  void is_judged_by_its_rules(String text, boolean holds) {
    assertThat(ExpressionParser.parse(text))
        .isInstanceOfSatisfying(
            Answer.Parsed.class,
            parsed -> assertThat(parsed.expression().holds(VARIABLES)).isEqualTo(holds));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "``; 0; value should be",
        "$A ==; 5; value should be",
        "$A = 'x'; 3; does not go on",
        "${A} == 'x'; 0; not allowed",
        "$A == x; 6; not a value",
        "$A == 'x; 6; closing",
        "$A =~ /x; 6; closing /",
        "$A =~ /./; 6; one character",
        "$A =~ /(?=x)y/; 6; RE2",
        "($A; 3; is missing",
        "$A $B; 3; does not go on",
        "$A == 'x' == 'y'; 10; does not go on",
        "nullable; 0; not a value",
        "$; 0; without a name",
      })
  void what_is_none_is_refused_with_the_place(String text, int at, String message) {
    assertThat(ExpressionParser.parse(text))
        .isInstanceOfSatisfying(
            Answer.Wrong.class,
            wrong -> {
              assertThat(wrong.at()).isEqualTo(at);
              assertThat(wrong.message()).contains(message);
            });
  }

  @Property
  void what_is_written_out_reads_back_the_same(@ForAll("expressions") String text) {
    var first = (Answer.Parsed) ExpressionParser.parse(text);
    var written = first.expression().text();
    var second = (Answer.Parsed) ExpressionParser.parse(written);

    assertThat(second.expression()).isEqualTo(first.expression());
    assertThat(second.expression().holds(VARIABLES)).isEqualTo(first.expression().holds(VARIABLES));
  }

  @Property
  void no_text_makes_the_parser_throw(@ForAll String text) {
    assertThat(ExpressionParser.parse(text)).isNotNull();
  }

  @Property
  void no_text_of_the_languages_own_characters_makes_it_throw(@ForAll("nearly") String text) {
    assertThat(ExpressionParser.parse(text)).isNotNull();
  }

  @Provide
  Arbitrary<String> nearly() {
    return Arbitraries.of(
            "$A", "(", ")", "&&", "||", "==", "=~", "/a", "b/", "\"", "'", "null", " ", "\\")
        .list()
        .ofMaxSize(30)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> expressions() {
    var atom =
        Arbitraries.of(
            "$BRANCH", "$NONE", "$EMPTY", "\"main\"", "'it\"s'", "null", "/^ma/i", "/a\\/b+/");
    var comparison =
        Combinators.combine(atom, Arbitraries.of("==", "!=", "=~", "!~"), atom)
            .as((left, sign, right) -> left + sign + right);
    var leaf = Arbitraries.oneOf(atom, comparison);
    return Arbitraries.lazyOf(
        () -> leaf,
        () -> leaf,
        () ->
            Combinators.combine(expressions(), Arbitraries.of(" && ", "||"), expressions())
                .as((left, sign, right) -> left + sign + right),
        () -> expressions().map(inner -> "(" + inner + ")"));
  }
}
