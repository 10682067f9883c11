package dev.fleetwright.adapters.registry;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ImageRegistries.Assembly;
import dev.fleetwright.core.image.ImageRegistries.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Puts one image together and pushes it. Nothing in it tells when or where that was: files have
/// the time 1970-01-01 00:00:01 and belong to root, the image was made at 1970-01-01.
final class ImageBuild {

  private static final FilePermissions FILE = FilePermissions.fromOctalString("644");
  private static final FilePermissions PROGRAM = FilePermissions.fromOctalString("755");
  private static final Instant FILE_TIME = Instant.ofEpochSecond(1);
  private static final int MOST_LINKS = 40;

  private final Blobs blobs;
  private final Path folder;
  private final LoginFile logins;

  /// @param folder empty; for files and layers on their way
  ImageBuild(Blobs blobs, Path folder, LoginFile logins) {
    this.blobs = blobs;
    this.folder = folder;
    this.logins = logins;
  }

  /// It cannot be built like this.
  static final class NotPossible extends Exception {
    NotPossible(String what) {
      super(what);
    }
  }

  /// Build and push. What the registry has already is not sent again.
  Digest push(Assembly assembly)
      throws NotPossible, IOException, RegistryException, LoginFile.Unusable, InterruptedException {
    var threads = Executors.newCachedThreadPool();
    try {
      var image = image(assembly);
      var tags = assembly.tags().iterator();
      var target =
          Containerizer.to(registryImage(assembly.to().tagged(tags.next())))
              .setAllowInsecureRegistries(assembly.insecure())
              .setToolName("fleetwright")
              .setExecutorService(threads)
              .setBaseImageLayersCache(folder.resolve("base"))
              .setApplicationLayersCache(folder.resolve("layers"));
      while (tags.hasNext()) {
        target.withAdditionalTag(tags.next());
      }
      return Digest.parse(image.containerize(target).getDigest().toString());
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RegistryException registry -> throw registry;
        case null, default -> throw new IOException("building " + assembly.to(), e);
      }
    } catch (CacheDirectoryCreationException e) {
      throw new IOException("making room for " + assembly.to(), e);
    } finally {
      threads.shutdownNow();
    }
  }

  private JibContainerBuilder image(Assembly assembly)
      throws NotPossible, IOException, LoginFile.Unusable {
    var builder =
        assembly.base().isPresent()
            ? Jib.from(registryImage(assembly.base().get()))
            : Jib.fromScratch();
    builder
        // Jib writes lists of several platforms in Docker's format only.
        .setFormat(assembly.platforms().size() > 1 ? ImageFormat.Docker : ImageFormat.OCI)
        .setCreationTime(Instant.EPOCH);
    var number = 0;
    for (var layer : assembly.layers()) {
      number++;
      builder.addFileEntriesLayer(layer("files " + number, layer));
    }
    if (!assembly.entrypoint().isEmpty()) {
      builder.setEntrypoint(assembly.entrypoint());
    }
    if (!assembly.command().isEmpty()) {
      builder.setProgramArguments(assembly.command());
    }
    assembly.environment().forEach(builder::addEnvironmentVariable);
    assembly.labels().forEach(builder::addLabel);
    assembly.user().ifPresent(builder::setUser);
    assembly.workingDirectory().map(AbsoluteUnixPath::get).ifPresent(builder::setWorkingDirectory);
    assembly.ports().stream().map(ImageBuild::port).forEach(builder::addExposedPort);
    if (!assembly.platforms().isEmpty()) {
      builder.setPlatforms(
          assembly.platforms().stream()
              .map(text -> text.split("/", 2))
              .map(parts -> new Platform(parts[1], parts[0]))
              .collect(Collectors.toCollection(LinkedHashSet::new)));
    }
    return builder;
  }

  private static Port port(String text) {
    var number = Integer.parseInt(text.replaceAll("/.*", ""));
    return text.endsWith("/udp") ? Port.udp(number) : Port.tcp(number);
  }

  private RegistryImage registryImage(ImageName name) throws LoginFile.Unusable {
    try {
      var image = RegistryImage.named(ImageReference.parse(name.toString()));
      logins
          .of(name)
          .ifPresent(login -> image.addCredential(login.getUsername(), login.getPassword()));
      return image;
    } catch (InvalidImageReferenceException e) {
      throw new IllegalStateException("a name of an image that jib does not know: " + name, e);
    }
  }

  private FileEntriesLayer layer(String name, Layer layer) throws NotPossible, IOException {
    var byPath =
        layer.files().stream().collect(Collectors.toMap(TreeEntry::path, Function.identity()));
    var into = AbsoluteUnixPath.get(layer.into());
    var entries = FileEntriesLayer.builder().setName(name);
    for (var entry : layer.files()) {
      var file = file(entry, byPath);
      entries.addEntry(
          staged(file.digest()),
          into.resolve(entry.path()),
          file.executable() ? PROGRAM : FILE,
          FILE_TIME);
    }
    return entries.build();
  }

  /// A file, or what a link leads to: jib puts files into layers and nothing else.
  private static TreeEntry.File file(TreeEntry entry, Map<String, TreeEntry> byPath)
      throws NotPossible {
    var at = entry;
    for (var links = 0; links <= MOST_LINKS; links++) {
      switch (at) {
        case TreeEntry.File file -> {
          return file;
        }
        case TreeEntry.Link(var path, var to) -> {
          var beside = Path.of(path).resolveSibling(to).normalize().toString();
          var next = byPath.get(beside);
          if (next == null) {
            throw new NotPossible(
                "`%s` is a link to `%s`, which is no file of the same folder; images are built of files, so copy what is meant"
                    .formatted(entry.path(), to));
          }
          at = next;
        }
      }
    }
    throw new NotPossible("the link `%s` leads in a circle".formatted(entry.path()));
  }

  /// The content of a file, on the disk once however many files have it.
  private Path staged(Digest digest) throws IOException {
    var files = Files.createDirectories(folder.resolve("files"));
    var at = files.resolve(digest.hex());
    if (!Files.exists(at)) {
      try (var content = blobs.open(digest)) {
        Files.copy(content, at);
      }
    }
    return at;
  }
}
