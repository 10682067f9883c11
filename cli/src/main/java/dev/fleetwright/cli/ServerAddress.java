package dev.fleetwright.cli;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Where a server is.
final class ServerAddress implements ITypeConverter<URI> {

  @Override
  public URI convert(String text) {
    try {
      var address = new URI(text.strip().replaceFirst("/+$", ""));
      var scheme = String.valueOf(address.getScheme());
      if ((scheme.equals("http") || scheme.equals("https")) && address.getHost() != null) {
        return address;
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new TypeConversionException(
        "'" + text + "' is not the address of a server; write one such as http://127.0.0.1:8400");
  }
}
