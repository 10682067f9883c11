package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.kubernetes.client.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The objects of a revision. A rendered component is one file of JSON; its bytes are the revision.
final class Manifests {

  /// The file of a rendered component.
  static final String FILE = "objects.json";

  /// The setting that says so: how many objects there are.
  static final String OBJECTS = "kubernetes.objects";

  private static final int DIGEST_LENGTH = 32;

  private final KubernetesSettings settings;
  private final Identity identity;
  private final Blobs blobs;
  private final ApiServer server;
  private final List<String> problems = new ArrayList<>();

  Manifests(KubernetesSettings settings, Identity identity, Blobs blobs, ApiServer server) {
    this.settings = settings;
    this.identity = identity;
    this.blobs = blobs;
    this.server = server;
  }

  /// A revision's objects cannot be used. The message has one line for each thing that is wrong.
  static final class Unusable extends Exception {
    Unusable(List<String> problems) {
      super(String.join("\n", problems));
    }

    String words() {
      return String.valueOf(getMessage());
    }
  }

  /// A rendered component.
  static Component component(
      String name, List<ObjectNode> objects, Map<String, String> settings, Blobs blobs)
      throws IOException {
    var all = ApiServer.json().createArrayNode().addAll(objects);
    var bytes = CanonicalJson.bytes(all);
    var with = new TreeMap<>(settings);
    with.put(OBJECTS, String.valueOf(objects.size()));
    return new Component(
        name,
        List.of(new TreeEntry.File(FILE, blobs.put(bytes), bytes.length, false)),
        Settings.of(with));
  }

  /// All objects of a revision, marked, in the order of their turn.
  List<Wanted> of(Revision revision) throws Unusable, IOException, InterruptedException {
    var all = new ArrayList<Wanted>();
    var owners = new TreeMap<ObjectKey, String>();
    // What brings a kind along may come before the cluster knows it.
    var coming = coming(revision);
    for (var component : revision.components()) {
      for (var object : objects(component)) {
        var wanted = wanted(component.name(), object, coming);
        var other = owners.put(wanted.key(), component.name());
        if (other != null) {
          problems.add(
              other.equals(component.name())
                  ? "component `%s` has %s twice".formatted(other, wanted.key().words())
                  : "components `%s` and `%s` both have %s"
                      .formatted(other, component.name(), wanted.key().words()));
        }
        all.add(wanted);
      }
    }
    if (!problems.isEmpty()) {
      throw new Unusable(problems.stream().distinct().toList());
    }
    all.sort(Wanted.ORDER);
    return all;
  }

  /// The objects of what was applied earlier, from the bytes that were kept of it. A component
  /// whose bytes are gone is left out.
  Map<ObjectKey, Wanted> stored(Inventory.State state) throws IOException, InterruptedException {
    var components = new ArrayList<Component>();
    for (var digest : state.components().values()) {
      if (blobs.has(new Digest(digest))) {
        components.add(Component.of(Bencode.readDictionary(blobs.read(new Digest(digest)))));
      }
    }
    List<Wanted> all;
    try {
      all = of(new Revision(components));
    } catch (Unusable e) {
      throw new IOException("what ran before cannot be applied any more", e);
    }
    var entries = new TreeMap<ObjectKey, Inventory.Entry>();
    state.entries().forEach(e -> entries.put(e.key(), e));
    var stored = new TreeMap<ObjectKey, Wanted>();
    for (var wanted : all) {
      var entry = entries.get(wanted.key());
      stored.put(
          wanted.key(),
          entry == null || entry.digest().equals(wanted.digest())
              ? wanted
              : Scaling.leaveOut(List.of(wanted), Set.of(wanted.key())).getFirst());
    }
    return stored;
  }

  /// Keep a component under its digest, to be able to go back to it.
  void keep(Component component) throws IOException {
    blobs.put(component.canonical().bytes());
  }

  private List<ObjectNode> objects(Component component) throws IOException {
    var objects = new ArrayList<ObjectNode>();
    for (var entry : component.files()) {
      if (entry instanceof TreeEntry.File(var path, var digest, _, _) && path.equals(FILE)) {
        for (var object : ApiServer.json().readTree(blobs.read(digest))) {
          objects.add((ObjectNode) object);
        }
      }
    }
    if (component.settings().text(OBJECTS).isEmpty()) {
      problems.add(
          "component `%s` has no Kubernetes objects; give it `manifests: k8s/` in fleetwright.yml, or leave it out of this environment's `components`"
              .formatted(component.name()));
    }
    return objects;
  }

  private Set<String> coming(Revision revision) throws IOException {
    var coming = new HashSet<String>();
    for (var component : revision.components()) {
      for (var object : objects(component)) {
        if (object.path("kind").asText().equals("CustomResourceDefinition")) {
          var spec = object.path("spec");
          coming.add(spec.path("group").asText() + "/" + spec.path("names").path("kind").asText());
        }
      }
    }
    problems.clear();
    return coming;
  }

  private Wanted wanted(String component, ObjectNode object, Set<String> coming)
      throws IOException, InterruptedException {
    var body = object.deepCopy();
    var apiVersion = body.path("apiVersion").asText();
    var kind = body.path("kind").asText();
    var resource = server.resource(apiVersion, kind);
    var known = ObjectKey.of(body);
    if (resource.isEmpty() && !coming.contains(known.group() + "/" + kind)) {
      problems.add(
          "component `%s`: the cluster has no kind `%s` in `%s`, which %s is; install what brings it, or write another apiVersion"
              .formatted(component, kind, apiVersion, known.words()));
    }
    place(component, body, resource.map(Resource::namespaced).orElse(true));
    identity.mark(body, component);
    return new Wanted(
        ObjectKey.of(body),
        apiVersion,
        component,
        CanonicalJson.digest(body).hex().substring(0, DIGEST_LENGTH),
        body);
  }

  /// Objects go into the target's namespace; into others, or into none, only where the target's
  /// settings allow it: what runs comes from a release's own commit, where it may go from the
  /// default branch.
  private void place(String component, ObjectNode body, boolean namespaced) {
    var metadata = body.withObjectProperty("metadata");
    var key = ObjectKey.of(body);
    if (!namespaced) {
      metadata.remove("namespace");
      var own = key.kind().equals("Namespace") && key.name().equals(settings.namespace());
      if (!settings.clusterWide() && !own) {
        problems.add(
            "component `%s`: %s lies in no namespace; if this target may change the whole cluster, give it `cluster_wide: true` in fleetwright.yml"
                .formatted(component, key.words()));
      }
    } else if (key.namespace().isEmpty()) {
      metadata.put("namespace", settings.namespace());
    } else if (!settings.clusterWide() && !key.namespace().equals(settings.namespace())) {
      problems.add(
          "component `%s`: %s asks for namespace `%s` and this target has `%s`; take the namespace out of the manifest, or give the target `cluster_wide: true`"
              .formatted(component, key.words(), key.namespace(), settings.namespace()));
    }
  }
}
