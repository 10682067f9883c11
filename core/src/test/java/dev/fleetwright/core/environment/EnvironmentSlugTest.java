package dev.fleetwright.core.environment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The vectors of contract 2a.8.
class EnvironmentSlugTest {

  @ParameterizedTest
  @CsvSource({
    "production, production",
    "staging-1234567890123456, staging-1234567890123456",
    "staging-12345678901234567, staging-123456789-s729ne",
    "9-staging-123456789012345, env-9-staging-123-f6hm7j",
    "review/fix-foo, review-fix-foo-v25cyx",
    "PRODUCTION, production-vl4voz",
    "review/1-foo, review-1-foo-9tdj0u",
    "1-foo, env-1-foo-1k46wz",
    "production-, production",
    "a--b, a-b-m3ql0o",
    "review/Feature_X, review-feature-x-payx78",
    "production/aws, production-aws-snagf5",
    "review/master, review-master-8dyme2",
    "stage-domain-foobar-long-string, stage-domain-foob-yafktx",
  })
  void is_the_one_that_gitlab_gives(String name, String slug) {
    assertThat(EnvironmentSlug.of(new EnvironmentName(name)).value()).isEqualTo(slug);
  }

  @ParameterizedTest
  @CsvSource({"Stage Domain, ip33nk"})
  void ends_as_another_program_computes_it(String name, String suffix) {
    assertThat(EnvironmentSlug.of(new EnvironmentName(name)).value()).endsWith("-" + suffix);
  }

  @ParameterizedTest
  @CsvSource({"a", "A", "9", "x/y/z", "0123456789012345678901234567890123456789", "a.b c_d"})
  void is_safe_in_host_names_whatever_the_name(String name) {
    assertThat(EnvironmentSlug.of(new EnvironmentName(name)).value())
        .matches("[a-z][a-z0-9-]{0,23}")
        .doesNotEndWith("-");
  }
}
