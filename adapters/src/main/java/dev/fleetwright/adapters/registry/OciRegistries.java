package dev.fleetwright.adapters.registry;

import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.event.EventHandlers;
import com.google.cloud.tools.jib.registry.RegistryClient;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ImageRegistries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Registries that speak the OCI distribution specification, such as those of GitLab, GitHub,
/// Harbor, the clouds, and Docker's own.
///
/// Who we are comes from a file of the operator's in the format of `podman login` and `docker
/// login` ([LoginFile]). A password or token goes to the host that it is for and to where that
/// sends for tokens, and never unencrypted.
public final class OciRegistries implements ImageRegistries {

  private static final Logger log = LoggerFactory.getLogger(OciRegistries.class);

  /// Each holds an image's layers on the disk while it is under way.
  private static final int BUILDS_AT_ONCE = 2;

  private final Blobs blobs;
  private final Path scratch;
  private final LoginFile logins;
  private final Semaphore slots = new Semaphore(BUILDS_AT_ONCE, true);

  /// @param scratch a folder of its own for what is on its way; emptied now
  /// @param loginFile empty for where `podman login` and `docker login` of the server's user write
  public OciRegistries(Blobs blobs, Path scratch, Optional<Path> loginFile) {
    this.blobs = blobs;
    this.scratch = scratch;
    this.logins = LoginFile.at(loginFile);
    delete(scratch);
  }

  @Override
  public Looked look(ImageName name, boolean insecure) throws InterruptedException {
    var http = new ManifestRequests(insecure);
    try {
      var found =
          client(name, http)
              .pullManifest(name.digest().map(Digest::toString).or(name::tag).orElse("latest"));
      return new Looked.Found(Digest.parse(found.getDigest().toString()), http.base());
    } catch (IOException | RegistryException | LoginFile.Unusable e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("while " + name + " was asked for");
      }
      return switch (Trouble.of(e, name, logins.file())) {
        case Trouble.NotThere _ -> new Looked.Missing();
        case Trouble.ForGood(var why) -> new Looked.No(why);
        case Trouble.Passing(var why) -> new Looked.Unreachable(why);
      };
    }
  }

  private RegistryClient client(ImageName name, ManifestRequests http)
      throws IOException, RegistryException, LoginFile.Unusable {
    var factory =
        RegistryClient.factory(EventHandlers.NONE, host(name), name.repository(), http)
            .setUserAgent("fleetwright");
    var login = logins.of(name);
    login.ifPresent(factory::setCredential);
    var client = factory.newRegistryClient();
    if (!client.doPullBearerAuth() && login.isPresent()) {
      client.configureBasicAuth();
    }
    return client;
  }

  /// Docker's registry answers under another name than its images have.
  static String host(ImageName name) {
    return name.registry().equals("docker.io") ? "registry-1.docker.io" : name.registry();
  }

  @Override
  public Pushed push(Assembly assembly) throws InterruptedException {
    slots.acquire();
    try {
      Files.createDirectories(scratch);
      var folder = Files.createTempDirectory(scratch, "image");
      try {
        var digest = new ImageBuild(blobs, folder, logins).push(assembly);
        log.atInfo()
            .addKeyValue("image", assembly.to().tagged(assembly.tags().iterator().next()))
            .addKeyValue("digest", digest)
            .log("an image was built and pushed");
        return new Pushed.Done(digest);
      } finally {
        delete(folder);
      }
    } catch (ImageBuild.NotPossible e) {
      return new Pushed.No(String.valueOf(e.getMessage()));
    } catch (IOException | RegistryException | LoginFile.Unusable e) {
      return switch (Trouble.of(e, assembly.to(), logins.file())) {
        case Trouble.NotThere _ ->
            new Pushed.No(
                "the registry has no %s"
                    .formatted(assembly.base().map(ImageName::toString).orElse("such place")));
        case Trouble.ForGood(var why) -> new Pushed.No(why);
        case Trouble.Passing(var why) -> new Pushed.Unreachable(why);
      };
    } finally {
      slots.release();
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (var all = Files.walk(folder)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("folder", folder)
          .setCause(e)
          .log("files of images that were built stay behind");
    }
  }
}
