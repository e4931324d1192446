"""Pictures of scans (DICOM), good and hostile, made while the tests run."""

import io
import tempfile
import zlib
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    MediaStorageDirectoryStorage,
)

from tests import plan_files

STUDY = "2.25.1"


def saved(dataset):
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def slice_of(series=1, number=1, *, side=64, storage=CTImageStorage, syntax=ExplicitVRLittleEndian, **more):
    """One slice as a dataset: a bright disc on dark ground, in a CT's own units."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = syntax, storage
    meta.MediaStorageSOPInstanceUID = f"2.25.{series}.{number}"
    found = FileDataset(None, {}, file_meta=meta, preamble=bytes(128))
    found.SOPClassUID, found.SOPInstanceUID = storage, meta.MediaStorageSOPInstanceUID
    found.StudyInstanceUID, found.SeriesInstanceUID = STUDY, f"2.25.9.{series}"
    found.Modality, found.SeriesNumber, found.InstanceNumber = "CT", series, number
    found.PatientName, found.PatientBirthDate, found.StudyDate = "Delgado^Rosa", "19740312", "20261102"
    found.SeriesDescription, found.BodyPartExamined = f"Series {series}", "CHEST"
    rows, columns = np.ogrid[:side, :side]
    disc = np.where((rows - side / 2) ** 2 + (columns - side / 2) ** 2 < (side / 3) ** 2, 60, -1000)
    found.Rows = found.Columns = side
    found.SamplesPerPixel, found.PhotometricInterpretation = 1, "MONOCHROME2"
    found.BitsAllocated = found.BitsStored = 16
    found.HighBit, found.PixelRepresentation = 15, 1
    found.RescaleIntercept, found.RescaleSlope = 0, 1
    found.PixelData = disc.astype("<i2").tobytes()
    for name, value in more.items():
        setattr(found, name, value)
    return found


def scan(series=1, number=1, **more):
    return saved(slice_of(series, number, **more))


def scan_in_chinese():
    return scan(PatientName="Wang^XiaoDong=王^小东", SpecificCharacterSet="ISO_IR 192")


def color_scan():
    """An ultrasound's picture: red, green and blue of 8 bits."""
    plain = {"PixelData": bytes([200, 40, 40]) * 64 * 64, "PhotometricInterpretation": "RGB", "SamplesPerPixel": 3}
    bits = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 0, "PlanarConfiguration": 0}
    return scan(Modality="US", **plain, **bits)


def photo_scan():
    """Points packed as a photo packs them."""
    bits = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 0}
    photo = plan_files.plain_picture("JPEG", "L", (64, 64))
    return scan(syntax=JPEGBaseline8Bit, PixelData=pydicom.encaps.encapsulate([photo]), **bits)


def lossless_scan(**more):
    """Points of 16 bits packed as lossless JPEG: many CT discs are."""
    import gdcm

    with tempfile.TemporaryDirectory() as folder:
        plain, packed = Path(folder, "plain"), Path(folder, "packed")
        plain.write_bytes(scan(**more))
        reader, change, writer = gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
        reader.SetFileName(str(plain))
        assert reader.Read()
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLosslessProcess14_1))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer.SetFileName(str(packed))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
        return packed.read_bytes()


def unreadable_scan():
    """Said to be lossless JPEG, and it is not."""
    return scan(syntax=JPEGLosslessSV1, PixelData=pydicom.encaps.encapsulate([b"\xff\xd8" + bytes(98)]))


def scan_with_private_words(words):
    dataset = slice_of()
    dataset.private_block(0x0099, "SOMEONE", create=True).add_new(0x01, "OB", words + bytes(len(words) % 2))
    return saved(dataset)


def scan_around(document):
    """A document wrapped as a scan, as some archives do with letters."""
    dataset = slice_of(storage=EncapsulatedPDFStorage, Modality="DOC", EncapsulatedDocument=document)
    for name in ("PixelData", "Rows", "Columns"):
        delattr(dataset, name)
    return saved(dataset)


def packed_scan():
    """Packed as a whole: half a gigabyte of nothing in a few kilobytes."""
    dataset = slice_of(syntax=DeflatedExplicitVRLittleEndian)
    dataset.PixelData = bytes(2)
    content = saved(dataset)
    head = content[: content.index(b"1.2.840.10008.1.2.1.99") + 22]
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return head + b"".join(squeeze.compress(bytes(2**20)) for _ in range(64)) + squeeze.flush()


def nested_scan(depth=3000):
    """Lists in lists in lists."""
    start = b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    content = scan()
    at = content.index(b"\x08\x00\x16\x00UI")  # the first line after the file's own head
    return content[:at] + start * depth


def contents():
    """A disc's table of contents."""
    return scan(storage=MediaStorageDirectoryStorage)


def disc(more=None):
    """A zip of two series, three slices and one, with what systems leave beside them."""
    files = {f"DICOM/IM{number:04}": scan(1, number) for number in (3, 1, 2)}
    files |= {"DICOM/IM0100": scan(2, 1), "DICOMDIR": contents(), "__MACOSX/DICOM/._IM0001": b"\0\5\x16\7"}
    return plan_files.zipped(files | (more or {}))
