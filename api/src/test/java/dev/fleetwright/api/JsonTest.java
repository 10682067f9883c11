package dev.fleetwright.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {

  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

  @Test
  void names_are_snake_case_words_lower_case_times_utc_and_what_is_not_there_has_no_field()
      throws JsonProcessingException {
    var way =
        new Environment.WayBack(
            7,
            Optional.empty(),
            "r3",
            NOON,
            false,
            true,
            Optional.of("its blobs are gone"),
            Optional.empty());
    assertThat(Json.strict().writeValueAsString(way))
        .isEqualTo(
            "{\"deploy\":7,\"label\":\"r3\",\"at\":\"2026-11-01T12:00:00Z\",\"possible\":false,"
                + "\"left\":true,\"hindrance\":\"its blobs are gone\"}");
    assertThat(Json.strict().writeValueAsString(Deploy.State.ROLLING_BACK))
        .isEqualTo("\"rolling_back\"");
    assertThat(Json.strict().writeValueAsString(new Project("shop", "/r", "main", "/hooks", NOON)))
        .contains("\"default_branch\":\"main\"", "\"created_at\"");
  }

  @Test
  void a_page_of_records_comes_back_as_it_was() throws JsonProcessingException {
    var page =
        new Page<>(
            List.of(new Token(1, "root", NOON, Optional.of(NOON))), "record", NOON, 1, 50, true);
    var text = Json.strict().writeValueAsString(page);
    assertThat(Json.strict().readValue(text, new TypeReference<Page<Token>>() {})).isEqualTo(page);
    assertThat(Json.lenient().readValue(text, new TypeReference<Page<Token>>() {})).isEqualTo(page);
  }

  @Test
  void what_is_optional_may_be_left_out_or_null() throws JsonProcessingException {
    assertThat(Json.strict().readValue("{}", Deploy.Because.class))
        .isEqualTo(new Deploy.Because(Optional.empty()));
    assertThat(Json.strict().readValue("{\"reason\":null}", Deploy.Because.class))
        .isEqualTo(new Deploy.Because(Optional.empty()));
  }

  @Test
  void a_request_with_a_field_that_is_unknown_missing_null_or_twice_is_refused() {
    assertThatThrownBy(() -> settle("{\"step\":1,\"verdict\":\"done\",\"by\":\"root\"}"))
        .isInstanceOf(UnrecognizedPropertyException.class);
    assertThatThrownBy(() -> settle("{\"step\":1}")).isInstanceOf(MismatchedInputException.class);
    assertThatThrownBy(() -> settle("{\"step\":null,\"verdict\":\"done\"}"))
        .isInstanceOf(MismatchedInputException.class);
    assertThatThrownBy(() -> settle("{\"step\":1,\"verdict\":null}"))
        .isInstanceOf(MismatchedInputException.class);
    assertThatThrownBy(() -> settle("{\"step\":1,\"step\":2,\"verdict\":\"done\"}"))
        .isInstanceOf(JsonProcessingException.class);
    assertThatThrownBy(() -> settle("{\"step\":1,\"verdict\":\"done\"} {}"))
        .isInstanceOf(MismatchedInputException.class);
  }

  @Test
  void a_value_of_another_kind_is_refused_and_not_bent() {
    assertThatThrownBy(() -> settle("{\"step\":\"1\",\"verdict\":\"done\"}"))
        .isInstanceOf(MismatchedInputException.class);
    assertThatThrownBy(() -> settle("{\"step\":1.5,\"verdict\":\"done\"}"))
        .isInstanceOf(MismatchedInputException.class);
    assertThatThrownBy(() -> settle("{\"step\":1,\"verdict\":0}"))
        .isInstanceOf(MismatchedInputException.class);
    assertThatThrownBy(() -> settle("{\"step\":1,\"verdict\":\"DONE\"}"))
        .isInstanceOf(MismatchedInputException.class);
    assertThatThrownBy(() -> settle("{\"step\":1,\"verdict\":\"perhaps\"}"))
        .isInstanceOf(MismatchedInputException.class);
    assertThatThrownBy(() -> Json.strict().readValue("{\"name\":1}", Token.Make.class))
        .isInstanceOf(MismatchedInputException.class);
  }

  @Test
  void deep_nesting_and_endless_numbers_are_refused_early() {
    assertThatThrownBy(() -> Json.strict().readTree("[".repeat(100_000)))
        .isInstanceOf(StreamConstraintsException.class);
    assertThatThrownBy(() -> settle("{\"step\":" + "9".repeat(100_000) + "}"))
        .isInstanceOf(StreamConstraintsException.class);
  }

  @Test
  void an_answer_of_a_newer_server_is_read_without_what_is_new() throws JsonProcessingException {
    assertThat(
            Json.lenient()
                .readValue("{\"from\":0,\"to\":2,\"text\":\"hi\",\"colour\":1}", LogChunk.class))
        .isEqualTo(new LogChunk(0, 2, "hi"));
  }

  @Test
  void records_in_records_are_read_also_when_lists_are_left_out() throws JsonProcessingException {
    var body =
        Json.lenient()
            .readValue(
                "{\"error\":{\"code\":\"x\",\"kind\":\"target\",\"message\":\"m\",\"remedy\":\"r\",\"request\":\"1\"}}",
                Failure.Body.class);
    assertThat(body.error())
        .isEqualTo(new Failure("x", Failure.Kind.TARGET, "m", "r", List.of(), "1"));
  }

  private static Deploy.Settle settle(String json) throws JsonProcessingException {
    return Json.strict().readValue(json, Deploy.Settle.class);
  }
}
