package dev.fleetwright.server.ui;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// S24 of the security anchors (Argo CD CVE-2024-28175, CVE-2025-47933).
class SafeLinksTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/local",
        "https:evil",
        "https://good.example@evil.example/",
        "http://",
        "not a link",
        "",
      })
  void nothing_but_web_addresses_can_be_clicked(String address) {
    assertThat(SafeLinks.web(address)).isEmpty();
    assertThat(SafeLinks.shown(address).text()).isEqualTo(address);
    assertThat(SafeLinks.shown(address).leads()).isFalse();
  }

  @Test
  void web_addresses_can() {
    assertThat(SafeLinks.web("http://localhost:8080/a?b=c#d"))
        .isEqualTo("http://localhost:8080/a?b=c#d");
    assertThat(SafeLinks.web("HTTPS://shop.example")).isEqualTo("HTTPS://shop.example");
  }
}
