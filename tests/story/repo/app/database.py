"""The database, beside the app."""

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

engine = create_engine("sqlite:///./app.db")
Session = sessionmaker(bind=engine)
