package dev.fleetwright.server.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.server.ui.NeedsPicture.Box;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Where jobs are drawn, by what they need.
class NeedsPictureTest {

  private static final List<String> STAGES = List.of("build", "test", "deploy");

  @Test
  void a_job_is_to_the_right_of_all_that_it_needs() {
    var picture =
        drawn(
            job("compile", "build"),
            job("assets", "build"),
            job("unit", "test", "compile"),
            job("pages", "test", "unit", "assets"),
            job("everything", "deploy"));

    assertThat(column(picture, "compile")).isZero();
    assertThat(column(picture, "assets")).isZero();
    assertThat(column(picture, "unit")).isEqualTo(1);
    assertThat(column(picture, "pages")).isEqualTo(2);
    // Without `needs` it waits for all earlier stages.
    assertThat(column(picture, "everything")).isEqualTo(3);
    assertThat(picture.edges()).hasSize(3);
  }

  @Test
  void an_empty_list_of_needs_starts_at_once() {
    var picture =
        drawn(
            job("compile", "build"),
            new Box("lint", "test", Optional.of(List.of()), "/lint", Samples.DONE),
            job("unit", "test", "compile"));

    assertThat(column(picture, "lint")).isZero();
  }

  @Test
  void lines_cross_as_little_as_the_order_of_rows_can_help() {
    var picture =
        drawn(
            job("a", "build"),
            job("b", "build"),
            job("of b", "test", "b"),
            job("of a", "test", "a"));

    assertThat(node(picture, "of a").y()).isEqualTo(node(picture, "a").y());
    assertThat(node(picture, "of b").y()).isEqualTo(node(picture, "b").y());
  }

  @Test
  void a_need_that_is_not_in_the_pipeline_is_not_drawn() {
    assertThat(drawn(job("a", "build"), job("b", "test", "gone", "a")).edges()).hasSize(1);
  }

  @Test
  void there_is_no_picture_where_there_is_nothing_to_see() {
    assertThat(NeedsPicture.of(STAGES, List.of(job("a", "build"), job("b", "test")))).isEmpty();
    assertThat(
            NeedsPicture.of(
                STAGES,
                IntStream.range(0, 401).mapToObj(i -> job("job " + i, "test", "a")).toList()))
        .isEmpty();
  }

  @Test
  void long_names_fit_and_are_said_in_full() {
    var name = "integration tests: [linux, 25, postgresql]";
    var node = drawn(job("a", "build"), job(name, "test", "a")).nodes().get(1);

    assertThat(node.name()).hasSize(22).endsWith("…");
    assertThat(node.words()).startsWith(name);
  }

  private static NeedsView drawn(Box... jobs) {
    return NeedsPicture.of(STAGES, List.of(jobs)).orElseThrow();
  }

  private static int column(NeedsView picture, String name) {
    return node(picture, name).x() / (NeedsView.NODE_WIDTH + 64);
  }

  private static NeedsView.Node node(NeedsView picture, String name) {
    return picture.nodes().stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
  }

  private static Box job(String name, String stage, String... needs) {
    return new Box(
        name,
        stage,
        needs.length == 0 ? Optional.empty() : Optional.of(List.of(needs)),
        "/" + name,
        Samples.DONE);
  }
}
