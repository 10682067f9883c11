package dev.fleetwright.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.pipeline.Aftermath;
import dev.fleetwright.core.pipeline.Aftermath.ReleaseSpec;
import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.core.pipeline.Trigger.Downstream;
import dev.fleetwright.core.pipeline.Trigger.Part;
import dev.fleetwright.core.pipeline.Trigger.Source;
import java.util.TreeMap;

/// What follows from a job, as JSON: another pipeline, a release, a web site.
final class SequelJson {

  private SequelJson() {}

  static ObjectNode of(Aftermath aftermath) {
    var json = Json.object();
    aftermath.release().ifPresent(release -> json.set("release", release(release)));
    aftermath.coverage().ifPresent(pattern -> json.put("coverage", pattern));
    aftermath
        .pages()
        .ifPresent(pages -> {
          var site =
              json.putObject("pages").put("publish", pages.publish()).put("prefix", pages.prefix());
          pages.expireIn().ifPresent(time -> site.put("expire_in", time));
        });
    return json;
  }

  private static ObjectNode release(ReleaseSpec release) {
    var json =
        Json.object().put("tag_name", release.tagName()).put("description", release.description());
    release.tagMessage().ifPresent(message -> json.put("tag_message", message));
    release.name().ifPresent(name -> json.put("name", name));
    release.ref().ifPresent(ref -> json.put("ref", ref));
    release.releasedAt().ifPresent(time -> json.put("released_at", time));
    json.set("milestones", Json.list(release.milestones()));
    var links = json.putArray("links");
    for (var link : release.links()) {
      var one =
          links
              .addObject()
              .put("name", link.name())
              .put("url", link.url())
              .put("kind", link.kind());
      link.filepath().ifPresent(path -> one.put("filepath", path));
    }
    return json;
  }

  static Aftermath readAftermath(Json json) {
    var aftermath =
        new Aftermath(
            json.maybeObject("release").map(SequelJson::readRelease),
            json.maybeText("coverage"),
            json.maybeObject("pages")
                .map(site -> {
                  var pages =
                      new Aftermath.Pages(
                          site.text("publish"), site.text("prefix"), site.maybeText("expire_in"));
                  site.nothingElse();
                  return pages;
                }));
    json.nothingElse();
    return aftermath;
  }

  private static ReleaseSpec readRelease(Json json) {
    var release =
        new ReleaseSpec(
            json.text("tag_name"),
            json.text("description"),
            json.maybeText("tag_message"),
            json.maybeText("name"),
            json.maybeText("ref"),
            json.texts("milestones"),
            json.maybeText("released_at"),
            json.objects(
                "links",
                link ->
                    new ReleaseSpec.Link(
                        link.text("name"),
                        link.text("url"),
                        link.maybeText("filepath"),
                        link.text("kind"))));
    json.nothingElse();
    return release;
  }

  static ObjectNode of(Trigger trigger) {
    var json =
        Json.object()
            .put("follow", JobSpecJson.keyword(trigger.follow()))
            .put("yaml_variables", trigger.yamlVariables())
            .put("pipeline_variables", trigger.pipelineVariables());
    switch (trigger.downstream()) {
      case Downstream.OtherProject(var project, var branch, var inputs) -> {
        json.put("project", project);
        branch.ifPresent(name -> json.put("branch", name));
        json.set("inputs", Json.textsNode(inputs));
      }
      case Downstream.Child(var parts) -> {
        var list = json.putArray("parts");
        for (var part : parts) {
          list.addObject()
              .<ObjectNode>set("source", Json.textsNode(new TreeMap<>(part.source().keys())))
              .set("inputs", Json.textsNode(part.inputs()));
        }
      }
    }
    return json;
  }

  static Trigger readTrigger(Json json) {
    var project = json.maybeText("project");
    var downstream =
        project.isPresent()
            ? new Downstream.OtherProject(
                project.get(), json.maybeText("branch"), json.map("inputs"))
            : new Downstream.Child(
                json.objects(
                    "parts", part -> new Part(source(part.object("source")), part.map("inputs"))));
    var trigger =
        new Trigger(
            downstream,
            JobSpecJson.constant(Trigger.Follow.class, json.text("follow")),
            json.yes("yaml_variables"),
            json.yes("pipeline_variables"));
    json.nothingElse();
    return trigger;
  }

  private static Source source(Json json) {
    return json.maybeText("local")
        .<Source>map(Source.Local::new)
        .or(() ->
            json.maybeText("project")
                .map(project ->
                    new Source.OfProject(project, json.text("file"), json.maybeText("ref"))))
        .or(() -> json.maybeText("template").map(Source.Template::new))
        .or(() ->
            json.maybeText("artifact").map(path -> new Source.Artifact(path, json.text("job"))))
        .or(() -> json.maybeText("remote").map(Source.Remote::new))
        .orElseGet(() -> new Source.Component(json.text("component")));
  }
}
