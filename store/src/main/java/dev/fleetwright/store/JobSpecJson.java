package dev.fleetwright.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.pipeline.Aftermath;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.JobSpec.AllowFailure;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec.Expiry;
import dev.fleetwright.core.pipeline.JobSpec.EnvironmentSpec;
import dev.fleetwright.core.pipeline.JobSpec.Need;
import dev.fleetwright.core.pipeline.JobSpec.Retry;
import dev.fleetwright.core.pipeline.JobSpec.When;
import dev.fleetwright.core.pipeline.Workplace;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;

/// Jobs' specifications as JSON. What is empty by default is left out; durations are ISO 8601.
final class JobSpecJson {

  private static final String NEVER = "never";

  private JobSpecJson() {}

  static String text(JobSpec spec) {
    var json =
        Json.object()
            .put("name", spec.name())
            .put("stage", spec.stage())
            .put("when", keyword(spec.when()))
            .put("interruptible", spec.interruptible());
    json.set("script", Json.list(spec.script()));
    json.set("after_script", Json.list(spec.afterScript()));
    json.set("variables", Json.textsNode(spec.variables()));
    spec.needs().ifPresent(needs -> json.set("needs", needs(needs)));
    spec.artifactsFrom().ifPresent(jobs -> json.set("artifacts_from", Json.list(jobs)));
    json.set(
        "allow_failure",
        Json.object()
            .put("allowed", spec.allowFailure().allowed())
            .set("exit_codes", numbers(spec.allowFailure().exitCodes())));
    var retry = Json.object().put("most", spec.retry().most());
    retry.set("reasons", Json.list(spec.retry().reasons()));
    retry.set("exit_codes", numbers(spec.retry().exitCodes()));
    json.set("retry", retry);
    spec.timeout().ifPresent(timeout -> json.put("timeout", timeout.toString()));
    spec.startIn().ifPresent(wait -> json.put("start_in", wait.toString()));
    json.set("artifacts", artifacts(spec.artifacts()));
    spec.environment().ifPresent(e -> json.set("environment", environment(e)));
    json.set("workplace", WorkplaceJson.of(spec.workplace()));
    json.set("tags", Json.list(spec.tags()));
    spec.resourceGroup().ifPresent(group -> json.put("resource_group", group));
    spec.trigger().ifPresent(trigger -> json.set("trigger", SequelJson.of(trigger)));
    spec.confirmation().ifPresent(question -> json.put("confirmation", question));
    json.set("aftermath", SequelJson.of(spec.aftermath()));
    json.set("other_keywords", Json.textsNode(spec.otherKeywords()));
    return json.toString();
  }

  private static ArrayNode needs(List<Need> needs) {
    var list = JsonNodeFactory.instance.arrayNode();
    for (var need : needs) {
      list.addObject()
          .put("job", need.job())
          .put("artifacts", need.artifacts())
          .put("optional", need.optional());
    }
    return list;
  }

  private static ArrayNode numbers(List<Integer> numbers) {
    return Json.list(numbers.stream().map(Object::toString).toList());
  }

  private static ArrayNode artifacts(List<ArtifactSpec> specs) {
    var list = JsonNodeFactory.instance.arrayNode();
    for (var spec : specs) {
      var json =
          list.addObject().put("untracked", spec.untracked()).put("when", keyword(spec.when()));
      spec.name().ifPresent(name -> json.put("name", name));
      json.set("paths", Json.list(spec.paths()));
      json.set("exclude", Json.list(spec.exclude()));
      switch (spec.expiry()) {
        case Expiry.Usual _ -> {
          // As when nothing is written.
        }
        case Expiry.After(var time) -> json.put("expire_in", time.toString());
        case Expiry.Never _ -> json.put("expire_in", NEVER);
      }
      json.put("access", keyword(spec.access()));
      spec.exposeAs().ifPresent(name -> json.put("expose_as", name));
      spec.report().ifPresent(report -> json.put("report", report));
    }
    return list;
  }

  private static ObjectNode environment(EnvironmentSpec spec) {
    var json = Json.object().put("name", spec.name()).put("action", keyword(spec.action()));
    spec.url().ifPresent(url -> json.put("url", url));
    spec.onStop().ifPresent(job -> json.put("on_stop", job));
    spec.autoStopIn().ifPresent(time -> json.put("auto_stop_in", time.toString()));
    spec.deploymentTier().ifPresent(tier -> json.put("deployment_tier", tier));
    if (!spec.cluster().isEmpty()) {
      json.set("cluster", Json.textsNode(spec.cluster()));
    }
    return json;
  }

  /// Read what [#text] wrote.
  ///
  /// @param what it is, for messages
  static JobSpec read(String what, String text) {
    var json = Json.read(what, text);
    var spec =
        new JobSpec(
            json.text("name"),
            json.text("stage"),
            json.texts("script"),
            json.texts("after_script"),
            json.map("variables"),
            json.maybeObjects(
                "needs",
                need -> new Need(need.text("job"), need.yes("artifacts"), need.yes("optional"))),
            json.maybeTexts("artifacts_from"),
            constant(When.class, json.text("when")),
            readAllowFailure(json.object("allow_failure")),
            readRetry(json.object("retry")),
            json.maybeText("timeout").map(Duration::parse),
            json.maybeText("start_in").map(Duration::parse),
            json.objects("artifacts", JobSpecJson::readArtifact),
            json.maybeObject("environment").map(JobSpecJson::readEnvironment),
            json.maybeObject("workplace").map(WorkplaceJson::read).orElseGet(() -> oldImage(json)),
            new TreeSet<>(json.texts("tags")),
            json.maybeText("resource_group"),
            json.yes("interruptible"),
            json.maybeObject("trigger").map(SequelJson::readTrigger),
            json.maybeText("confirmation"),
            json.maybeObject("aftermath").map(SequelJson::readAftermath).orElse(Aftermath.NONE),
            json.map("other_keywords"));
    json.nothingElse();
    return spec;
  }

  /// Jobs were kept with the name of an image alone.
  private static Workplace oldImage(Json json) {
    return new Workplace(
        json.maybeText("image").map(Workplace.Image::named),
        List.of(),
        List.of(),
        List.of(),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of());
  }

  private static AllowFailure readAllowFailure(Json json) {
    var allow = new AllowFailure(json.yes("allowed"), readNumbers(json, "exit_codes"));
    json.nothingElse();
    return allow;
  }

  private static Retry readRetry(Json json) {
    var retry =
        new Retry(json.number("most"), json.texts("reasons"), readNumbers(json, "exit_codes"));
    json.nothingElse();
    return retry;
  }

  private static List<Integer> readNumbers(Json json, String key) {
    return json.texts(key).stream().map(Integer::valueOf).toList();
  }

  private static ArtifactSpec readArtifact(Json json) {
    return new ArtifactSpec(
        json.maybeText("name"),
        json.texts("paths"),
        json.texts("exclude"),
        json.yes("untracked"),
        constant(ArtifactSpec.Keep.class, json.text("when")),
        json.maybeText("expire_in").map(JobSpecJson::expiry).orElseGet(Expiry.Usual::new),
        json.maybeText("access")
            .map(word -> constant(ArtifactSpec.Access.class, word))
            .orElse(ArtifactSpec.Access.ALL),
        json.maybeText("expose_as"),
        json.maybeText("report"));
  }

  private static Expiry expiry(String text) {
    return text.equals(NEVER) ? new Expiry.Never() : new Expiry.After(Duration.parse(text));
  }

  private static EnvironmentSpec readEnvironment(Json json) {
    var spec =
        new EnvironmentSpec(
            json.text("name"),
            json.maybeText("url"),
            constant(EnvironmentSpec.Action.class, json.text("action")),
            json.maybeText("on_stop"),
            json.maybeText("auto_stop_in").map(Duration::parse),
            json.maybeText("deployment_tier"),
            json.maybeTextMap("cluster"));
    json.nothingElse();
    return spec;
  }

  static String keyword(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  static <E extends Enum<E>> E constant(Class<E> type, String keyword) {
    return Enum.valueOf(type, keyword.toUpperCase(Locale.ROOT));
  }
}
