package dev.fleetwright.pipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.report.TestCase.Result;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/// Test reports as real tools write them, and as nobody should.
class JUnitXmlTest {

  @Test
  void reads_what_surefire_writes() {
    var read =
        read(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuite name="shop.BasketTest" time="1,000.5" tests="4" errors="1" skipped="1" failures="1">
              <properties><property name="a" value="b"/></properties>
              <testcase name="adds" classname="shop.BasketTest" time="0.012"/>
              <testcase name="totals" classname="shop.BasketTest" time="1,000.5">
                <failure message="expected 3 &lt; 4" type="AssertionError"><![CDATA[at shop.BasketTest.totals(BasketTest.java:7)]]></failure>
                <system-out>debug</system-out>
              </testcase>
              <testcase name="ships" classname="shop.BasketTest"><error message="no host"/></testcase>
              <testcase name="waits" classname="shop.BasketTest"><skipped/></testcase>
            </testsuite>
            """);

    assertThat(read.problem()).isEmpty();
    assertThat(read.cases())
        .containsExactly(
            new TestCase(
                "shop.BasketTest", "adds", "", OptionalDouble.of(0.012), Result.SUCCESS, ""),
            new TestCase(
                "shop.BasketTest",
                "totals",
                "",
                OptionalDouble.of(1000.5),
                Result.FAILED,
                "expected 3 < 4\nat shop.BasketTest.totals(BasketTest.java:7)\ndebug"),
            new TestCase(
                "shop.BasketTest", "ships", "", OptionalDouble.empty(), Result.ERROR, "no host"),
            new TestCase(
                "shop.BasketTest", "waits", "", OptionalDouble.empty(), Result.SKIPPED, ""));
  }

  @Test
  void reads_suites_in_suites_with_files() {
    var read =
        read(
            """
            <testsuites><testsuite name="outer"><testsuite name="inner">
            <testcase name="a" file="test/a.js" time="x"/></testsuite></testsuite>
            <testsuite><testcase name="b"/></testsuite></testsuites>
            """);

    assertThat(read.cases()).extracting(TestCase::name).containsExactly("a", "b");
    assertThat(read.cases().getFirst().file()).isEqualTo("test/a.js");
  }

  @Test
  void a_report_that_breaks_off_keeps_what_came_before_and_says_where() {
    var read = read("<testsuite>\n<testcase name='a'/>\n<testcase name='b'");

    assertThat(read.cases()).extracting(TestCase::name).containsExactly("a");
    assertThat(read.problem().orElseThrow()).startsWith("is no XML at line 3");
  }

  @Test
  void something_else_is_no_report() {
    assertThat(read("<html><body/></html>").problem().orElseThrow()).contains("begins with <html>");
    assertThat(read("{}").problem()).isPresent();
    assertThat(read("").problem()).isPresent();
  }

  @Test
  void nothing_is_fetched_and_nothing_grows() {
    var laughs =
        """
        <!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
        <testsuite><testcase name="a"><failure>&b;&f;</failure></testcase></testsuite>
        """;
    var read = read(laughs);

    assertThat(read.cases()).allSatisfy(c -> assertThat(c.output()).doesNotContain("root", "haha"));
  }

  @Test
  void there_is_an_end_to_tests_and_to_what_they_print() {
    var many = "<testsuite>" + "<testcase name='a'/>".repeat(11) + "</testsuite>";
    assertThat(JUnitXml.read(stream(many), 10).cases()).hasSize(10);
    assertThat(JUnitXml.read(stream(many), 10).problem().orElseThrow()).contains("more than 10");

    var long_ =
        "<testsuite><testcase name='a'><failure>%s</failure></testcase></testsuite>"
            .formatted("x".repeat(1 << 20));
    assertThat(read(long_).cases().getFirst().output()).hasSizeLessThan(21_000);
  }

  private static JUnitXml.Read read(String text) {
    return JUnitXml.read(stream(text), 1000);
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
