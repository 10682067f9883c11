package dev.fleetwright.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec.Keep;
import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.core.pipeline.Workplace.Cache;
import dev.fleetwright.core.pipeline.Workplace.Foreign;
import dev.fleetwright.core.pipeline.Workplace.Image;
import dev.fleetwright.core.pipeline.Workplace.PullPolicy;
import dev.fleetwright.core.pipeline.Workplace.SecretRequest;
import dev.fleetwright.core.pipeline.Workplace.Service;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What stands around a job's script, as JSON. What is empty is left out.
final class WorkplaceJson {

  private WorkplaceJson() {}

  static ObjectNode of(Workplace workplace) {
    var json = Json.object();
    workplace.image().ifPresent(image -> json.set("image", image(image)));
    if (!workplace.services().isEmpty()) {
      var list = json.putArray("services");
      workplace.services().forEach(service -> list.add(service(service)));
    }
    if (!workplace.caches().isEmpty()) {
      var list = json.putArray("caches");
      workplace.caches().forEach(cache -> list.add(cache(cache)));
    }
    if (!workplace.beforeSources().isEmpty()) {
      json.set("before_sources", Json.list(workplace.beforeSources()));
    }
    if (!workplace.idTokens().isEmpty()) {
      var list = json.putArray("id_tokens");
      workplace
          .idTokens()
          .forEach((name, audiences) ->
              list.addObject().put("name", name).set("audiences", Json.list(audiences)));
    }
    if (!workplace.secrets().isEmpty()) {
      var list = json.putArray("secrets");
      workplace.secrets().forEach((name, secret) -> list.add(secret(name, secret)));
    }
    if (!workplace.foreign().isEmpty()) {
      json.set("foreign", foreign(workplace.foreign()));
    }
    return json;
  }

  private static ObjectNode image(Image image) {
    var json = Json.object().put("name", image.name());
    json.set("entrypoint", Json.list(image.entrypoint()));
    json.set(
        "pull_policies",
        Json.list(image.pullPolicies().stream().map(JobSpecJson::keyword).toList()));
    image.platform().ifPresent(platform -> json.put("platform", platform));
    image.user().ifPresent(user -> json.put("user", user));
    image.kubernetesUser().ifPresent(user -> json.put("kubernetes_user", user));
    return json;
  }

  private static ObjectNode service(Service service) {
    var json = Json.object();
    json.set("image", image(service.image()));
    json.set("aliases", Json.list(service.aliases()));
    json.set("command", Json.list(service.command()));
    json.set("variables", Json.textsNode(service.variables()));
    return json;
  }

  private static ObjectNode cache(Cache cache) {
    var json =
        Json.object()
            .put("untracked", cache.untracked())
            .put("unprotect", cache.unprotect())
            .put("policy", JobSpecJson.keyword(cache.policy()))
            .put("when", JobSpecJson.keyword(cache.when()));
    json.set("paths", Json.list(cache.paths()));
    json.set("fallback_keys", Json.list(cache.fallbackKeys()));
    switch (cache.key()) {
      case Cache.Key.Fixed(var text) -> json.put("key", text);
      case Cache.Key.OfFiles(var files, var commits, var prefix) -> {
        var key = json.putObject("key_of").put("commits", commits);
        key.set("files", Json.list(files));
        prefix.ifPresent(text -> key.put("prefix", text));
      }
    }
    return json;
  }

  private static ObjectNode secret(String name, SecretRequest secret) {
    var json = Json.object().put("name", name).put("file", secret.file());
    secret.token().ifPresent(token -> json.put("token", token));
    switch (secret.provider()) {
      case SecretRequest.Provider.Vault(var engine, var mount, var path, var field) ->
          json.putObject("vault")
              .put("engine", engine)
              .put("mount", mount)
              .put("path", path)
              .put("field", field);
      case SecretRequest.Provider.Other(var kind, var settings) ->
          json.putObject("other").put("kind", kind).set("settings", Json.textsNode(settings));
    }
    return json;
  }

  private static ArrayNode foreign(List<Foreign> needs) {
    var list = JsonNodeFactory.instance.arrayNode();
    for (var need : needs) {
      var json = list.addObject();
      switch (need) {
        case Foreign.OfProject(var project, var ref, var job, var artifacts) ->
            json.put("project", project)
                .put("ref", ref)
                .put("job", job)
                .put("artifacts", artifacts);
        case Foreign.OfPipeline(var pipeline, var job, var artifacts) ->
            json.put("pipeline", pipeline).put("job", job).put("artifacts", artifacts);
        case Foreign.Status(var pipeline) -> json.put("pipeline", pipeline);
      }
    }
    return list;
  }

  /// Read what [#of] wrote.
  static Workplace read(Json json) {
    var workplace =
        new Workplace(
            json.maybeObject("image").map(WorkplaceJson::readImage),
            json.maybeObjects("services", WorkplaceJson::readService).orElse(List.of()),
            json.maybeObjects("caches", WorkplaceJson::readCache).orElse(List.of()),
            json.maybeTexts("before_sources").orElse(List.of()),
            idTokens(json),
            secrets(json),
            json.maybeObjects("foreign", WorkplaceJson::readForeign).orElse(List.of()));
    json.nothingElse();
    return workplace;
  }

  private static SortedMap<String, List<String>> idTokens(Json json) {
    var tokens = new TreeMap<String, List<String>>();
    var _ =
        json.maybeObjects(
            "id_tokens", token -> tokens.put(token.text("name"), token.texts("audiences")));
    return tokens;
  }

  private static SortedMap<String, SecretRequest> secrets(Json json) {
    var secrets = new TreeMap<String, SecretRequest>();
    var _ =
        json.maybeObjects(
            "secrets",
            secret ->
                secrets.put(
                    secret.text("name"),
                    new SecretRequest(
                        provider(secret), secret.yes("file"), secret.maybeText("token"))));
    return secrets;
  }

  private static SecretRequest.Provider provider(Json json) {
    var vault = json.maybeObject("vault");
    if (vault.isPresent()) {
      var it = vault.get();
      var provider =
          new SecretRequest.Provider.Vault(
              it.text("engine"), it.text("mount"), it.text("path"), it.text("field"));
      it.nothingElse();
      return provider;
    }
    var other = json.object("other");
    var provider = new SecretRequest.Provider.Other(other.text("kind"), other.map("settings"));
    other.nothingElse();
    return provider;
  }

  private static Image readImage(Json json) {
    var image =
        new Image(
            json.text("name"),
            json.texts("entrypoint"),
            json.texts("pull_policies").stream()
                .map(word -> JobSpecJson.constant(PullPolicy.class, word))
                .toList(),
            json.maybeText("platform"),
            json.maybeText("user"),
            json.maybeText("kubernetes_user"));
    json.nothingElse();
    return image;
  }

  private static Service readService(Json json) {
    return new Service(
        readImage(json.object("image")),
        json.texts("aliases"),
        json.texts("command"),
        json.map("variables"));
  }

  private static Cache readCache(Json json) {
    var key =
        json.maybeObject("key_of")
            .<Cache.Key>map(of -> {
              var files =
                  new Cache.Key.OfFiles(
                      of.texts("files"), of.yes("commits"), of.maybeText("prefix"));
              of.nothingElse();
              return files;
            })
            .orElseGet(() -> new Cache.Key.Fixed(json.text("key")));
    return new Cache(
        key,
        json.texts("paths"),
        json.yes("untracked"),
        json.yes("unprotect"),
        JobSpecJson.constant(Cache.Policy.class, json.text("policy")),
        JobSpecJson.constant(Keep.class, json.text("when")),
        json.texts("fallback_keys"));
  }

  private static Foreign readForeign(Json json) {
    var project = json.maybeText("project");
    if (project.isPresent()) {
      return new Foreign.OfProject(
          project.get(), json.text("ref"), json.text("job"), json.yes("artifacts"));
    }
    var pipeline = json.text("pipeline");
    return json.maybeText("job")
        .<Foreign>map(job -> new Foreign.OfPipeline(pipeline, job, json.yes("artifacts")))
        .orElseGet(() -> new Foreign.Status(pipeline));
  }
}
