package dev.fleetwright.server.ui;

import gg.jte.Content;
import gg.jte.TemplateOutput;
import gg.jte.html.HtmlInterceptor;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.util.Map;
import java.util.function.Consumer;

/// Turns view records into HTML. The templates are Java by now and are called as such: a page that
/// does not fit its template does not compile.
final class Html {

  /// The templates' hook for forms and fields; ours are as they are written.
  private static final HtmlInterceptor UNTOUCHED =
      new HtmlInterceptor() {
        @Override
        public void onHtmlTagOpened(
            String tag, Map<String, Object> attributes, TemplateOutput output) {}

        @Override
        public void onHtmlTagClosed(String tag, TemplateOutput output) {}
      };

  private Html() {}

  /// A whole page.
  static String page(Frame frame, Content body) {
    return written(out -> JtelayoutGenerated.render(out, UNTOUCHED, frame, body));
  }

  /// What changes on a page: everything below its top.
  static String region(Frame frame, Content body) {
    return written(out -> JteregionGenerated.render(out, UNTOUCHED, frame, body));
  }

  /// A part on its own.
  static String part(Content part) {
    return written(out -> part.writeTo(out));
  }

  static Content overview(Frame frame, OverviewPage page) {
    return content(out -> JteoverviewGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content project(Frame frame, ProjectPage page) {
    return content(out -> JteprojectGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content environment(Frame frame, EnvironmentPage page) {
    return content(out -> JteenvironmentGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content deployPanel(Frame frame, DeployPanel panel) {
    return content(out -> JtedeploypanelGenerated.render(out, UNTOUCHED, frame, panel));
  }

  static Content choices(Frame frame, DeployPanel panel) {
    return content(out -> JtechoicesGenerated.render(out, UNTOUCHED, frame, panel));
  }

  static Content preview(Frame frame, PreviewView preview) {
    return content(out -> JtepreviewGenerated.render(out, UNTOUCHED, frame, preview));
  }

  static Content confirmPanel(Frame frame, ConfirmPanel panel) {
    return content(out -> JteconfirmpanelGenerated.render(out, UNTOUCHED, frame, panel));
  }

  static Content deploy(Frame frame, DeployPage page) {
    return content(out -> JtedeployGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content trains(Frame frame, TrainsPage page) {
    return content(out -> JtetrainsGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content train(Frame frame, TrainPage page) {
    return content(out -> JtetrainGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content pipeline(Frame frame, PipelinePage page) {
    return content(out -> JtepipelineGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content job(Frame frame, JobPage page) {
    return content(out -> JtejobGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content artifacts(Frame frame, ArtifactsPage page) {
    return content(out -> JteartifactsGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content tests(Frame frame, TestsPage page) {
    return content(out -> JtetestsGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content logLines(LogView log) {
    return content(out -> JteloglinesGenerated.render(out, UNTOUCHED, log));
  }

  static Content componentLog(LogView log) {
    return content(out -> JtecomponentlogGenerated.render(out, UNTOUCHED, log));
  }

  static Content message(Frame frame, MessagePage page) {
    return content(out -> JtemessageGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content release(Frame frame, ReleasePage page) {
    return content(out -> JtereleaseGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content schedules(Frame frame, SchedulesPage page) {
    return content(out -> JteschedulesGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content tokens(Frame frame, TokensPage page) {
    return content(out -> JtetokensGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content runners(Frame frame, RunnersPage page) {
    return content(out -> JterunnersGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content secret(Frame frame, SecretPage page) {
    return content(out -> JtesecretGenerated.render(out, UNTOUCHED, frame, page));
  }

  static Content login(Frame frame, LoginPage page) {
    return content(out -> JteloginGenerated.render(out, UNTOUCHED, frame, page));
  }

  private static Content content(Consumer<HtmlTemplateOutput> template) {
    return new Content() {
      @Override
      public void writeTo(TemplateOutput output) {
        template.accept((HtmlTemplateOutput) output);
      }
    };
  }

  private static String written(Consumer<PlainOutput> template) {
    var text = new StringOutput();
    template.accept(new PlainOutput(text));
    return text.toString();
  }
}
