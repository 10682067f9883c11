package dev.fleetwright.core.environment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Contract 2a.8: the first of the groups that occurs in the name.
class TierTest {

  @ParameterizedTest
  @CsvSource({
    "dev, DEVELOPMENT",
    "review/feature-x, DEVELOPMENT",
    "Trunk, DEVELOPMENT",
    "test, TESTING",
    "tst-1, TESTING",
    "integration, TESTING",
    "acceptance, TESTING",
    "acpt, TESTING",
    "QA, TESTING",
    "qc, TESTING",
    "control, TESTING",
    "quality, TESTING",
    "staging, STAGING",
    "stg, STAGING",
    "model, STAGING",
    "modl, STAGING",
    "pre-prod, STAGING",
    "demo, STAGING",
    "non-prod, STAGING",
    "production, PRODUCTION",
    "prd, PRODUCTION",
    "PROD/eu, PRODUCTION",
    "live, PRODUCTION",
    "canary, OTHER",
    "gstg, STAGING",
  })
  void is_guessed_from_the_name(String name, Tier tier) {
    assertThat(Tier.guess(name)).isEqualTo(tier);
  }
}
