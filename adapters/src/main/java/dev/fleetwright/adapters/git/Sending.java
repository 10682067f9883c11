package dev.fleetwright.adapters.git;

import dev.fleetwright.core.project.RepositoryServing.Offer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdRef;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;

/// One answer to a `git fetch`.
final class Sending {

  private Sending() {}

  static void advertise(Repository mirror, Offer offer, String protocol, OutputStream out)
      throws IOException {
    var pack = pack(mirror, offer, protocol);
    var lines = new PacketLineOut(out);
    try {
      pack.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(lines), "git-upload-pack");
    } finally {
      pack.getRevWalk().close();
    }
    lines.flush();
  }

  static void send(
      Repository mirror, Offer offer, String protocol, InputStream in, OutputStream out)
      throws IOException {
    pack(mirror, offer, protocol).upload(in, out, null);
  }

  private static UploadPack pack(Repository mirror, Offer offer, String protocol)
      throws IOException {
    var pack = new UploadPack(mirror);
    pack.setBiDirectionalPipe(false);
    // The client may name several, such as `version=2:object-format=sha1`.
    pack.setExtraParameters(List.of(protocol.split(":", -1)));
    var config = new PackConfig(mirror);
    // Several runners fetch at once, and each would take all processors.
    config.setThreads(1);
    pack.setPackConfig(config);
    var refs = new TreeMap<String, Ref>();
    for (var ref : Mirror.followed(mirror)) {
      refs.put(ref.getName(), mirror.getRefDatabase().peel(ref));
    }
    refs.put(
        offer.name(),
        new ObjectIdRef.PeeledNonTag(
            Ref.Storage.LOOSE, offer.name(), ObjectId.fromString(offer.sha().value())));
    var head = mirror.exactRef(Constants.HEAD);
    if (head != null && head.getObjectId() != null) {
      refs.put(Constants.HEAD, head);
    }
    pack.setAdvertisedRefs(refs);
    return pack;
  }
}
