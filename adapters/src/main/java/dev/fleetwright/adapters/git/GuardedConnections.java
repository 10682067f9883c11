package dev.fleetwright.adapters.git;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URL;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnection;

/// Opens connections to one host only, and only over `https`.
///
/// A redirect to another host is not followed (CVE-2026-41506: the credential would follow it), nor
/// is a name that resolves to this machine or to the link's own addresses, where clouds keep their
/// metadata service. A name that resolves differently a moment later gains nothing: the other end
/// still has to show a certificate for it.
final class GuardedConnections implements HttpConnectionFactory {

  private final String host;
  private final boolean allowLoopback;
  private final Heard heard;

  /// @param heard is told each status that comes
  GuardedConnections(String host, boolean allowLoopback, Heard heard) {
    this.host = host;
    this.allowLoopback = allowLoopback;
    this.heard = heard;
  }

  private static final class Listening extends JDKHttpConnection {
    private final Heard heard;

    Listening(URL url, Heard heard) throws IOException {
      super(url);
      this.heard = heard;
    }

    Listening(URL url, Proxy proxy, Heard heard) throws IOException {
      super(url, proxy);
      this.heard = heard;
    }

    @Override
    public int getResponseCode() throws IOException {
      var code = super.getResponseCode();
      heard.answer(code, getHeaderField("Retry-After"));
      return code;
    }
  }

  @Override
  public HttpConnection create(URL url) throws IOException {
    checkName(url);
    checkAddresses(url);
    return new Listening(url, heard);
  }

  @Override
  public HttpConnection create(URL url, Proxy proxy) throws IOException {
    checkName(url);
    // A proxy resolves the name itself, and is the operator's own choice.
    if (proxy.type() == Proxy.Type.DIRECT) {
      checkAddresses(url);
    }
    return new Listening(url, proxy, heard);
  }

  private void checkName(URL url) throws IOException {
    if (!url.getProtocol().equals("https")) {
      throw new IOException("the server sends us on to a connection that is not encrypted");
    }
    if (!url.getHost().equalsIgnoreCase(host)) {
      throw new IOException(
          "the server %s sends us on to another host, %s; name that one if it is meant"
              .formatted(host, url.getHost()));
    }
  }

  private void checkAddresses(URL url) throws IOException {
    for (var address : InetAddress.getAllByName(url.getHost())) {
      if (address.isLinkLocalAddress()
          || address.isMulticastAddress()
          || address.isAnyLocalAddress()
          || (address.isLoopbackAddress() && !allowLoopback)) {
        throw new IOException(
            "%s is %s, which no repository is fetched from"
                .formatted(url.getHost(), address.getHostAddress()));
      }
    }
  }
}
