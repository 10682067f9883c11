package dev.fleetwright.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectFilesTest {

  private static final String HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";

  private static ObjectFiles read(Map<String, String> variables, String text) {
    var files = new ObjectFiles(variables);
    files.read("k8s/a.yaml", text);
    return files;
  }

  private static JsonNode value(Map<String, String> variables, String yaml) {
    var files = read(variables, HEAD + "data:\n  key: " + yaml + "\n");
    assertThat(files.problems()).isEmpty();
    return files.objects().getFirst().path("data").path("key");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "0644 | 420",
        "0x1F | 31",
        "1_000 | 1000",
        "yes | true",
        "Off | false",
        "~ | null",
        "1.5 | 1.5",
        "12:30 | \"12:30\"",
        "2024-01-01 | \"2024-01-01\"",
        "1.2.3 | \"1.2.3\"",
        "'0644' | \"0644\"",
        "'yes' | \"yes\"",
        "yEs | \"yEs\""
      })
  void plain_words_mean_what_they_mean_to_kubectl(String yaml, String json) {
    assertThat(value(Map.of(), yaml).toString()).isEqualTo(json);
  }

  @Test
  void variables_are_filled_in_and_only_a_bare_one_becomes_a_number() {
    var variables = Map.of("CI_SHA", "abc", "REPLICAS", "3");

    assertThat(value(variables, "'image:${CI_SHA}'").asText()).isEqualTo("image:abc");
    assertThat(value(variables, "image:$CI_SHA").asText()).isEqualTo("image:abc");
    assertThat(value(variables, "${REPLICAS}").isInt()).isTrue();
    assertThat(value(variables, "'${REPLICAS}'").isTextual()).isTrue();
  }

  @Test
  void what_is_meant_for_others_stays() {
    for (var text : new String[] {"echo $HOME", "$(POD_IP)", "$uri", "${HOME:-x}", "a$", "$$"}) {
      assertThat(value(Map.of(), "'" + text + "'").asText()).isEqualTo(text);
    }
    assertThat(value(Map.of("CI_X", "1"), "'$${CI_X}'").asText()).isEqualTo("${CI_X}");
  }

  @Test
  void a_name_without_a_value_is_named_with_its_place() {
    assertThat(read(Map.of(), HEAD + "data:\n  key: ${CI_NOPE}\n").problems())
        .containsExactly(
            "k8s/a.yaml line 5: nothing sets `CI_NOPE`; set it in the pipeline or under `variables` of the environment, or write `$${CI_NOPE}` to keep it as it is");
  }

  @Test
  void a_value_cannot_add_a_field() {
    var value = "x\nmetadata: { namespace: kube-system }\n---\nkind: Pod";

    var files = read(Map.of("CI_TITLE", value), HEAD + "data:\n  key: ${CI_TITLE}\n");

    assertThat(files.objects()).hasSize(1);
    assertThat(files.objects().getFirst().path("data").path("key").asText()).isEqualTo(value);
  }

  @Test
  void several_documents_lists_and_merge_keys_are_read() {
    var files =
        read(
            Map.of(),
            """
            # nothing
            ---
            apiVersion: v1
            kind: List
            items:
              - { apiVersion: v1, kind: ConfigMap, metadata: { name: a } }
              - { apiVersion: v1, kind: ConfigMap, metadata: { name: b } }
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: c }
            common: &common { a: "1", b: "2" }
            data: { <<: *common, b: "3" }
            """);

    assertThat(files.problems()).isEmpty();
    assertThat(files.objects()).hasSize(3);
    assertThat(files.objects().getLast().path("data")).hasToString("{\"b\":\"3\",\"a\":\"1\"}");
  }

  @Test
  void what_is_no_object_is_named() {
    assertThat(read(Map.of(), "a: b\n").problems())
        .containsExactly(
            "k8s/a.yaml line 1 is no Kubernetes object: it has no `apiVersion` and `kind`");
    assertThat(read(Map.of(), "apiVersion: v1\nkind: Pod\n").problems())
        .containsExactly("k8s/a.yaml line 1: this Pod has no `metadata.name`");
    assertThat(read(Map.of(), "a: [b\n").problems()).singleElement().asString().contains("line 2");
  }

  @Test
  @Timeout(10)
  void a_bomb_of_aliases_is_turned_down() {
    var text = new StringBuilder(HEAD).append("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (var name = 'b'; name <= 'j'; name++) {
      var before = (char) (name - 1);
      text.append(name).append(": &").append(name).append(" [");
      text.append(("*" + before + ", ").repeat(9)).append('*').append(before).append("]\n");
    }

    assertThat(read(Map.of(), text.toString()).problems()).isNotEmpty();
    assertThat(read(Map.of(), HEAD + "a: " + "[".repeat(10_000)).problems()).isNotEmpty();
    assertThat(read(Map.of(), HEAD + "a: &a [*a]\n").problems()).isNotEmpty();
  }
}
