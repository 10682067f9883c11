package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.variable.Variable;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredefinedVariablesTest {

  @Test
  void a_push_to_a_branch_is_described() {
    var values = values(Contexts.push("Feature/X"));

    assertThat(values)
        .containsEntry("CI", "true")
        .containsEntry("CI_COMMIT_BRANCH", "Feature/X")
        .containsEntry("CI_COMMIT_REF_NAME", "Feature/X")
        .containsEntry("CI_COMMIT_REF_SLUG", "feature-x")
        .containsEntry("CI_COMMIT_SHORT_SHA", "1a2b3c4d")
        .containsEntry("CI_COMMIT_BEFORE_SHA", "0".repeat(40))
        .containsEntry("CI_PROJECT_PATH", "group/shop")
        .containsEntry("CI_PROJECT_NAME", "shop")
        .containsEntry("CI_PROJECT_NAMESPACE", "group")
        .containsEntry("CI_PROJECT_PATH_SLUG", "group-shop")
        .containsEntry("CI_PIPELINE_SOURCE", "push")
        .containsEntry("CI_DEFAULT_BRANCH", "main")
        .doesNotContainKeys(
            "CI_COMMIT_TAG", "CI_PIPELINE_ID", "CI_JOB_ID", "CI_PIPELINE_TRIGGERED");
  }

  @Test
  void a_tag_is_no_branch() {
    assertThat(values(Contexts.tag("v1.0")))
        .containsEntry("CI_COMMIT_TAG", "v1.0")
        .doesNotContainKey("CI_COMMIT_BRANCH");
  }

  @ParameterizedTest
  @CsvSource({
    "Feature/Login_1, feature-login-1",
    "-x-, x",
    "a--b, a--b",
    "ümlaut, mlaut",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbb,"
        + " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  })
  void a_slug_is_cut_to_63_and_has_no_dash_at_its_ends(String ref, String slug) {
    assertThat(PredefinedVariables.slug(ref)).isEqualTo(slug);
  }

  private static Map<String, String> values(PipelineContext context) {
    return PredefinedVariables.of(context).values().stream()
        .collect(Collectors.toMap(Variable::name, Variable::value));
  }
}
