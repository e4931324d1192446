"""Stores for the tests of this room."""

from tests.vault.stores import any_store, bucket_store, folder_store, s3_server

__all__ = ["any_store", "bucket_store", "folder_store", "s3_server"]
