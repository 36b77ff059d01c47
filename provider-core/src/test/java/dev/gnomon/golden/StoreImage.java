/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.golden;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.mutants.Life;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimStorage;
import dev.gnomon.testkit.SimWorld;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** All files of a store that nobody has open and of its origins, by absolute path. Unchanging. */
public final class StoreImage {
    /** Where the store is in every image. */
    public static final Path STORE = Life.STORE;

    /** Where segments are in images of stores whose segments were moved, or are being moved. */
    public static final Path MOVED = Path.of("/mnt/moved");

    private static final Path ORIGINS =
            Objects.requireNonNull(Life.origin("any").getParent());

    /** Zip keeps a time with each file; the same one each time makes equal images equal files. */
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    private final SortedMap<String, byte[]> files;

    private StoreImage(SortedMap<String, byte[]> files) {
        this.files = Collections.unmodifiableSortedMap(files);
    }

    /** Returns what a process on a simulated machine would read. */
    public static StoreImage of(SimImage image) {
        SimStorage storage = new SimWorld(1, image).storage();
        SortedMap<String, byte[]> files = new TreeMap<>();
        for (Path directory : List.of(STORE, ORIGINS, MOVED)) {
            try {
                if (!storage.exists(directory)) {
                    continue;
                }
                for (String name : storage.list(directory)) {
                    Path path = directory.resolve(name);
                    files.put(path.toString(), Life.bytes(image, path));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new StoreImage(files);
    }

    /** Returns a simulated machine's disk with these files, all durable. */
    public SimImage onDisk() {
        SimWorld world = new SimWorld(1);
        world.run(() -> {
            try {
                world.storage().createDirectories(STORE);
                world.storage().createDirectories(ORIGINS);
                world.storage().createDirectories(MOVED);
                for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    put(world.storage(), Path.of(file.getKey()), file.getValue());
                }
                for (Path directory = STORE; directory != null; directory = directory.getParent()) {
                    world.storage().syncDirectory(directory);
                }
                for (Path directory = MOVED; directory != null; directory = directory.getParent()) {
                    world.storage().syncDirectory(directory);
                }
                world.storage().syncDirectory(ORIGINS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            world.scheduler().halt();
        });
        return world.storage().image().cutKeepingNone();
    }

    private static void put(Storage storage, Path path, byte[] bytes) throws IOException {
        try (StorageFile file = storage.open(path, Storage.Mode.CREATE_NEW)) {
            file.setSize(bytes.length);
            file.write(ByteBuffer.wrap(bytes), 0);
            file.force();
        }
    }

    /** Returns the image with one byte of a file of the store inverted. */
    public StoreImage damaged(String name, int offset) {
        SortedMap<String, byte[]> changed = new TreeMap<>(files);
        byte[] bytes = bytes(name).clone();
        bytes[offset] ^= (byte) 0xFF;
        changed.put(STORE.resolve(name).toString(), bytes);
        return new StoreImage(changed);
    }

    /** Returns the bytes of one file of the store, which must not be changed. */
    public byte[] bytes(String name) {
        return Objects.requireNonNull(files.get(STORE.resolve(name).toString()), () -> name + " is not in the image");
    }

    /** Writes all files below a directory. */
    public void extract(Path directory) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path target = directory.resolve(file.getKey().substring(1));
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            Files.write(target, file.getValue());
        }
    }

    /** Returns where the store is below a directory that {@link #extract} wrote to. */
    public static Path in(Path directory) {
        return directory.resolve(STORE.toString().substring(1));
    }

    /** Returns the names of the store's own files, in order. */
    public List<String> storeFiles() {
        return files.keySet().stream()
                .map(Path::of)
                .filter(path -> path.startsWith(STORE))
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
    }

    /** Returns the image in the one file that it is kept in. */
    public byte[] zip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setLevel(Deflater.BEST_COMPRESSION);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey().substring(1));
                entry.setTimeLocal(TIME);
                zip.putNextEntry(entry);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** Returns the image that was kept in a file. */
    public static StoreImage unzip(InputStream from) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(from)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put("/" + entry.getName(), zip.readAllBytes());
            }
        }
        return new StoreImage(files);
    }
}
