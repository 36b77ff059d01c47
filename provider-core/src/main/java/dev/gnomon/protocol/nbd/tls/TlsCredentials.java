/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * One side's keys, whom it trusts, and the rules of its TLS: version 1.2 or 1.3, nothing older. Immutable, thread-safe;
 * files are read once.
 */
public final class TlsCredentials {
    /** Sessions that may be resumed: as many as connections; each costs a few kilobytes. */
    private static final int SESSIONS_MAX = 256;

    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
    private static final char[] NO_PASSWORD = {};
    private static final byte[] PROBE = {1, 2, 3};

    private final SSLContext context;
    private final boolean checksPeer;

    private TlsCredentials(SSLContext context, boolean checksPeer) {
        this.context = context;
        this.checksPeer = checksPeer;
    }

    /**
     * Reads those of a server.
     *
     * @param certificate PEM: its certificate, then those that lead to an authority
     * @param key PEM, PKCS #8
     * @param clientAuthorities PEM: who signs the certificates that clients must have; none admits every client
     * @throws IOException naming the file and what is wrong with it
     */
    public static TlsCredentials server(Path certificate, Path key, Optional<Path> clientAuthorities)
            throws IOException {
        return load(Optional.of(certificate), Optional.of(key), clientAuthorities);
    }

    /**
     * Reads those of a client.
     *
     * @param authorities PEM: who signs the certificates of servers
     */
    public static TlsCredentials client(Path authorities) throws IOException {
        return load(Optional.empty(), Optional.empty(), Optional.of(authorities));
    }

    /** Reads those of a client that has a certificate of its own. */
    public static TlsCredentials client(Path authorities, Path certificate, Path key) throws IOException {
        return load(Optional.of(certificate), Optional.of(key), Optional.of(authorities));
    }

    /** Returns whether the other side must show a certificate. */
    public boolean checksPeer() {
        return checksPeer;
    }

    /** Returns the engine of one server connection. */
    public SSLEngine serverEngine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(checksPeer);
        engine.setEnabledProtocols(VERSIONS);
        return engine;
    }

    /**
     * Returns the engine of one client connection.
     *
     * @param serverName name or IP address that the server's certificate must be made for (RFC 6125, RFC 9110 4.3.4)
     */
    public SSLEngine clientEngine(String serverName) {
        SSLEngine engine = context.createSSLEngine(serverName, -1);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(VERSIONS);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static TlsCredentials load(Optional<Path> certificate, Optional<Path> key, Optional<Path> authorities)
            throws IOException {
        try {
            KeyManager[] own = {};
            if (certificate.isPresent() && key.isPresent()) {
                own = own(certificate.get(), key.get());
            }
            TrustManager[] trusted = {};
            if (authorities.isPresent()) {
                trusted = trusted(Pem.certificates(authorities.get()));
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trusted, null);
            context.getServerSessionContext().setSessionCacheSize(SESSIONS_MAX);
            return new TlsCredentials(context, authorities.isPresent());
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "TLS cannot be set up with "
                            + certificate.or(() -> authorities).orElseThrow() + ": " + e.getMessage(),
                    e);
        }
    }

    private static KeyManager[] own(Path certificate, Path key) throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = Pem.certificates(certificate);
        PrivateKey privateKey = Pem.privateKey(key);
        if (!belongTogether(privateKey, chain.getFirst().getPublicKey())) {
            throw new IOException(key + ": not the private key of the first certificate in " + certificate);
        }
        KeyStore store = emptyStore();
        store.setKeyEntry("own", privateKey, NO_PASSWORD, chain.toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static TrustManager[] trusted(List<X509Certificate> authorities)
            throws IOException, GeneralSecurityException {
        KeyStore store = emptyStore();
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** Better found at the start than by the first client. */
    private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        String algorithm = switch (privateKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> privateKey.getAlgorithm();
        };
        if (!privateKey.getAlgorithm().equals(publicKey.getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(privateKey);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(PROBE);
        return signature.verify(signed);
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }
}
