package dev.fleetwright.kubernetes;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Logs;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Outcome.Refused;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.TargetUnreachable;
import dev.fleetwright.kubernetes.Inventory.Entry;
import dev.fleetwright.kubernetes.Wanted.Phase;
import dev.fleetwright.kubernetes.client.ApiRefused;
import dev.fleetwright.kubernetes.client.ApiServer;
import dev.fleetwright.kubernetes.client.Resource;
import dev.fleetwright.kubernetes.render.Renderer;
import dev.fleetwright.kubernetes.render.Rendering;
import dev.fleetwright.kubernetes.render.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A namespace of a Kubernetes cluster: objects of any kind, applied by the API server itself
/// (server-side apply), found again by a label, and judged by what they say of themselves.
///
/// **Safe to repeat.** What is as it was left is not touched; an [Inventory] in the namespace says
/// what is ours, what ran before an order that is under way, and which fencing token is the newest.
///
/// **Fields of others are left to others.** A conflict refuses the deploy while it is planned and
/// names who has the field.
///
/// See `docs/adapters/kubernetes.md` for what it does to a cluster and what was proven where.
public final class KubernetesTarget implements Target, Logs {

  private static final Renderer RENDERER = new Renderer();
  private static final int MOST_LOG_LINES = 10_000;
  private static final Resource PODS = new Resource("v1", "Pod", "pods", true);

  /// The connections to all clusters of one server.
  public static final class Clusters implements AutoCloseable {

    private final Path home;
    private final Map<String, ApiServer> servers = new LinkedHashMap<>();

    /// Connects to nothing yet.
    public Clusters() {
      this(Path.of(System.getProperty("user.home")));
    }

    /// @param home the home folder of the server's user, for `~` in settings
    public Clusters(Path home) {
      this.home = home;
    }

    private synchronized ApiServer of(TargetBinding binding) throws IOException {
      var key = KubernetesSettings.accessKey(binding, home);
      var known = servers.get(key);
      if (known == null) {
        known = new ApiServer(KubernetesSettings.access(binding, home));
        servers.put(key, known);
      }
      return known;
    }

    /// Ends all connections. What runs in clusters goes on.
    @Override
    public synchronized void close() {
      servers.values().forEach(ApiServer::close);
      servers.clear();
    }
  }

  private final TargetBinding binding;
  private final Blobs blobs;
  private final Clusters clusters;

  /// A target as the configuration says.
  ///
  /// @param blobs where the content of revisions is
  /// @throws IllegalArgumentException if a setting is not usable; the message names each and what
  ///   to write
  public KubernetesTarget(TargetBinding binding, Blobs blobs, Clusters clusters) {
    KubernetesSettings.check(binding);
    this.binding = binding;
    this.blobs = blobs;
    this.clusters = clusters;
  }

  /// One place, and all that it takes to work on it.
  private record Site(
      ApiServer server, KubernetesSettings settings, Identity identity, Manifests manifests) {}

  private Site site(Place place) throws IOException {
    var server = clusters.of(binding);
    var settings = KubernetesSettings.of(binding, place, server.namespace());
    var identity = Identity.of(place);
    return new Site(server, settings, identity, new Manifests(settings, identity, blobs, server));
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.of(
        Capability.OBSERVE,
        Capability.ROLL_BACK,
        Capability.COMPONENTS,
        Capability.REMOVE,
        Capability.LOGS);
  }

  @Override
  public Observation observe(Place place) {
    try {
      var site = site(place);
      var inventory = store(site).read();
      return view(site, inventory, List.of())
          .observation(inventory, site.identity(), site.settings().namespace());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetUnreachable("observing " + place.name(), e);
    } catch (IOException e) {
      throw new TargetUnreachable("observing " + place.name() + ": " + Wording.of(e), e);
    }
  }

  private static InventoryStore store(Site site) {
    return new InventoryStore(site.server(), site.settings().namespace(), site.identity());
  }

  private static View view(Site site, Inventory inventory, List<Wanted> wanted)
      throws IOException, InterruptedException {
    var entries = new ArrayList<>(inventory.all());
    wanted.forEach(w -> entries.add(Entry.of(w)));
    return View.of(site.server(), site.settings(), site.identity(), entries);
  }

  /// Of a release, the components that are objects, each rendered into one file of JSON. Filled in
  /// are what the pipeline said, then what the environment and the target say, `KUBE_NAMESPACE`,
  /// and `IMAGE_NAME` for each component that is an image.
  @Override
  public Revision rendered(Place place, Revision release, Map<String, String> variables) {
    var images = new TreeMap<String, String>();
    for (var component : release.components()) {
      component
          .settings()
          .text("image")
          .ifPresent(image -> images.put("IMAGE_" + variable(component.name()), image));
    }
    var components = new ArrayList<Component>();
    try {
      var namespace = site(place).settings().namespace();
      for (var component : release.components()) {
        if (component.settings().text(MANIFESTS).isPresent()) {
          var all = new TreeMap<>(images);
          all.putAll(component.settings().map("known"));
          all.putAll(variables);
          all.put("KUBE_NAMESPACE", namespace);
          components.add(rendered(component, all));
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(Wording.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetUnreachable("rendering for " + place.name(), e);
    }
    return new Revision(components);
  }

  private Component rendered(Component component, Map<String, String> variables)
      throws IOException, InterruptedException {
    var files = new ObjectFiles(variables);
    var source =
        Source.in(
            component.files().stream().map(TreeEntry::path).toList(),
            component.name(),
            variables.getOrDefault("KUBE_NAMESPACE", ""));
    if (source.isPresent()) {
      switch (RENDERER.render(component.files(), blobs, source.get())) {
        case Rendering.Rendered(var yaml) -> files.read("what was rendered,", yaml);
        case Rendering.Refused(var why) ->
            throw new IllegalArgumentException("component `" + component.name() + "`: " + why);
      }
    } else {
      for (var entry : component.files()) {
        if (entry instanceof TreeEntry.File(var path, var digest, _, _)
            && ObjectFiles.reads(path)) {
          files.read(path, new String(blobs.read(digest), StandardCharsets.UTF_8));
        }
      }
    }
    if (!files.problems().isEmpty()) {
      throw new IllegalArgumentException(
          "component `" + component.name() + "`: " + String.join("\n", files.problems()));
    }
    if (files.objects().isEmpty()) {
      throw new IllegalArgumentException(
          "component `%s`: there is no Kubernetes object in `%s`"
              .formatted(component.name(), component.settings().text(MANIFESTS).orElse("")));
    }
    var settings = new TreeMap<String, String>();
    component
        .settings()
        .text("healthy_within")
        .ifPresent(within -> settings.put("healthy_within", within));
    return Manifests.component(component.name(), files.objects(), settings, blobs);
  }

  /// `web-front` as a part of a variable's name: `WEB_FRONT`.
  private static String variable(String component) {
    return component.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  @Override
  public Preview preview(Place place, Revision desired) {
    try {
      return preview(site(place), desired);
    } catch (Manifests.Unusable | Changes.Impossible e) {
      return new Preview.Impossible(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetUnreachable("planning for " + place.name(), e);
    } catch (ApiRefused e) {
      if (e.passing()) {
        throw new TargetUnreachable("planning for " + place.name() + ": " + Wording.of(e), e);
      }
      return new Preview.Impossible(Wording.of(e));
    } catch (IOException e) {
      throw new TargetUnreachable("planning for " + place.name() + ": " + Wording.of(e), e);
    }
  }

  private Preview preview(Site site, Revision desired)
      throws Manifests.Unusable, Changes.Impossible, IOException, InterruptedException {
    var namespace = new Namespace(site.server(), site.settings(), site.identity());
    var presence = namespace.look();
    if (presence == Namespace.Presence.MISSING && !site.settings().createNamespace()) {
      return new Preview.Impossible(namespace.missing());
    }
    var all = site.manifests().of(desired);
    var scaled = Scaling.of(all, site.server(), site.settings());
    var wanted =
        Scaling.leaveOut(all, scaled).stream().filter(w -> w.phase() != Phase.NEVER).toList();
    var inventory = store(site).read();
    var view = view(site, inventory, wanted);
    var changed =
        desired.components().stream()
            .filter(c -> !c.digest().hex().equals(inventory.now().components().get(c.name())))
            .map(Component::name)
            .collect(Collectors.toSet());
    var earlier = new Earlier(site.manifests(), inventory);
    var changes =
        new Changes(
                new Writer(site.server(), site.settings(), site.identity()),
                site.identity(),
                inventory,
                view,
                earlier::of,
                changed,
                presence != Namespace.Presence.THERE)
            .of(wanted);
    return new Preview.Possible(
        changes, view.observation(inventory, site.identity(), site.settings().namespace()));
  }

  /// What was applied before, read when somebody asks.
  private static final class Earlier {
    private final Manifests manifests;
    private final Inventory inventory;
    private Optional<Map<ObjectKey, Wanted>> known = Optional.empty();

    Earlier(Manifests manifests, Inventory inventory) {
      this.manifests = manifests;
      this.inventory = inventory;
    }

    synchronized Optional<Wanted> of(ObjectKey key) throws IOException, InterruptedException {
      if (known.isEmpty()) {
        known = Optional.of(manifests.stored(inventory.now()));
      }
      return Optional.ofNullable(known.get().get(key));
    }
  }

  @Override
  public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
    if (!capabilities().containsAll(slice.needs())) {
      return new Refused(
          "a cluster's namespace changes as one, its Deployments roll by themselves; use `strategy: rolling` for this environment");
    }
    try {
      return rollout(order, place).apply(desired, slice);
    } catch (IOException e) {
      return new Refused(Wording.of(e));
    }
  }

  @Override
  public Outcome remove(Order order, Place place) {
    try {
      return rollout(order, place).remove();
    } catch (IOException e) {
      return new Refused(Wording.of(e));
    }
  }

  private Rollout rollout(Order order, Place place) throws IOException {
    var site = site(place);
    return new Rollout(site.server(), site.settings(), site.identity(), site.manifests(), order);
  }

  @Override
  public Optional<Logs> logs() {
    return Optional.of(this);
  }

  @Override
  public List<Line> last(Place place, String component, int lines) {
    if (lines < 1 || !component.matches("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")) {
      return List.of();
    }
    try {
      var site = site(place);
      var namespace = site.settings().clusterWide() ? "" : site.settings().namespace();
      var selector = site.identity().selector() + "," + Identity.COMPONENT + "=" + component;
      var all = new ArrayList<Line>();
      for (var pod : site.server().list(PODS, namespace, selector)) {
        for (var container : pod.path("spec").path("containers")) {
          all.addAll(
              lines(
                  site.server(),
                  ObjectKey.of(pod),
                  component,
                  container.path("name").asText(),
                  Math.min(lines, MOST_LOG_LINES)));
        }
      }
      return all;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetUnreachable("reading logs of " + component, e);
    } catch (IOException e) {
      throw new TargetUnreachable("reading logs of " + component + ": " + Wording.of(e), e);
    }
  }

  private static List<Line> lines(
      ApiServer server, ObjectKey pod, String component, String container, int lines)
      throws IOException, InterruptedException {
    try {
      var text =
          server.text(
              PODS.path(pod.namespace(), pod.name()) + "/log",
              Map.of("container", container, "tailLines", String.valueOf(lines)));
      return text.lines().map(l -> new Line(pod.name(), component, l)).toList();
    } catch (ApiRefused e) {
      // A container that has not started yet has printed nothing.
      if (e.code() == 400 || e.code() == 404) {
        return List.of();
      }
      throw e;
    }
  }
}
