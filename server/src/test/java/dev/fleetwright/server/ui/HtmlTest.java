package dev.fleetwright.server.ui;

import static org.assertj.core.api.Assertions.assertThat;

import gg.jte.Content;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every page must be, whatever is written on it.
class HtmlTest {

  private static final String NASTY = "<img src=x onerror=alert(1)>\" onload=\"x\u202eevil\u0007";

  static List<Content> pages() {
    var frame = Samples.frame("Sample");
    return List.of(
        Html.overview(frame, Samples.overview()),
        Html.overview(frame, Samples.empty()),
        Html.project(frame, Samples.project()),
        Html.environment(frame, Samples.environment()),
        Html.deployPanel(frame, Samples.panel()),
        Html.confirmPanel(frame, Samples.confirm()),
        Html.preview(frame, Samples.impossible()),
        Html.deploy(frame, Samples.deploy()),
        Html.deploy(frame, Samples.waiting()),
        Html.deploy(frame, Samples.failed()),
        Html.pipeline(frame, Samples.pipelinePage()),
        Html.job(frame, Samples.job()),
        Html.trains(frame, Samples.trains()),
        Html.train(frame, Samples.train()),
        Html.release(frame, Samples.release()),
        Html.schedules(frame, Samples.schedules()),
        Html.tokens(frame, Samples.tokens()),
        Html.secret(frame, Samples.secret()),
        Html.message(frame, Samples.notFound()),
        Html.login(frame, Samples.login()));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void nothing_on_a_page_is_inline_or_from_elsewhere(Content body) {
    var page = Html.page(Samples.frame("Sample"), body);

    assertThat(page)
        .doesNotContainPattern("(?i)<style|\\sstyle=|\\son[a-z]+=|javascript:|hx-on")
        .doesNotContainPattern("<script(?![^>]* src=\"/assets/)[^>]*>")
        .doesNotContainPattern("(src|<link[^>]* href)=\"(?!/assets/)");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void a_name_that_is_used_once_is_used_once(Content body) {
    var page = Html.page(Samples.frame("Sample"), body);
    var ids =
        Pattern.compile(" id=\"([^\"]*)\"").matcher(page).results().map(r -> r.group(1)).toList();

    assertThat(ids).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void every_icon_on_a_page_was_drawn(Content body) {
    var drawn =
        Pattern.compile("<symbol id=\"([^\"]+)\"")
            .matcher(icons())
            .results()
            .map(r -> r.group(1))
            .toList();
    var page = Html.page(Samples.frame("Sample"), body);

    assertThat(
            Pattern.compile("icons\\.svg#([^\"]*)\"").matcher(page).results().map(r -> r.group(1)))
        .isNotEmpty()
        .isSubsetOf(drawn);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void every_link_out_of_here_tells_nothing_about_where_it_was(Content body) {
    var page = Html.page(Samples.frame("Sample"), body);

    assertThat(
            Pattern.compile("<a [^>]*href=\"https?:[^>]*>")
                .matcher(page)
                .results()
                .map(r -> r.group()))
        .allMatch(link -> link.contains("rel=\"noopener noreferrer\""));
  }

  @Test
  void what_users_write_is_text() {
    var frame =
        new Frame(
            Samples.ASSETS,
            NASTY,
            NASTY,
            "dark",
            List.of(new Link(NASTY, "/x")),
            "/",
            "",
            NASTY,
            List.of(Notice.refusal(NASTY, NASTY, List.of())));

    var page =
        Html.page(
            frame,
            Html.message(
                frame, new MessagePage("", "x", NASTY, NASTY, NASTY, NASTY, new Link("", ""))));

    assertThat(page).doesNotContain("<img").contains("&lt;img src=x");
    assertThat(page).doesNotContainPattern("<[^>]*\" onload").contains("&#34; onload");
  }

  @Test
  void characters_that_act_on_the_text_around_them_are_made_visible() {
    assertThat(PlainOutput.plain("r7\u202e7r\u2066 a\u0007b\u0085 Größe ✓ שלום"))
        .isEqualTo("r7[U+202E]7r[U+2066] a␇b[U+0085] Größe ✓ שלום");
  }

  @Test
  void a_region_is_fetched_again_as_it_was_made() {
    var frame = Samples.frame("Sample");
    var body = Html.message(frame, Samples.notFound());

    assertThat(Html.page(frame, body)).contains(Html.region(frame, body));
  }

  @Test
  void all_scripts_together_are_small() throws Exception {
    assertThat(zipped("live.js") + zipped("log.js") + zipped("htmx.js")).isLessThan(120_000);
    assertThat(asset("live.js").length()).isLessThan(10_000);
  }

  private static int zipped(String name) throws Exception {
    var out = new java.io.ByteArrayOutputStream();
    try (var zip = new java.util.zip.GZIPOutputStream(out);
        var in = asset(name).content()) {
      in.transferTo(zip);
    }
    return out.size();
  }

  private static Assets.Asset asset(String name) {
    return Samples.ASSETS.at(Samples.ASSETS.path(name)).orElseThrow();
  }

  private static String icons() {
    try (var in = asset("icons.svg").content()) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
